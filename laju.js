#!/usr/bin/env node
// laju's command line, in laju's own repository and as the package's program (npx laju). Every app has its own laju.js.

// Old versions of Node have no getBuiltinModule. Assume then that the file exists: it prints that Node is too old.
const exists = process.getBuiltinModule?.("node:fs").existsSync ?? (() => true);
// A server may have only build/, without the sources.
const folder = ["framework/build/runtime", "build/runtime"].find((one) =>
  exists(`${import.meta.dirname}/${one}/commandLine.mjs`),
);
if (folder === undefined) {
  console.error("laju is not built, and its sources are not here.");
  console.error("  Run npm ci && npm run build, or deploy build/ with the app.");
  process.exit(1);
}
const { appFor, startCommandLine } = await import(`./${folder}/commandLine.mjs`);
await startCommandLine(appFor(import.meta.dirname));
