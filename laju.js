#!/usr/bin/env node
// laju's command line, in its own repository and as the package's program (npx laju). An app has a laju.js of its own.

// Where there is no way to look, Node is too old, and what is imported says so.
const exists = process.getBuiltinModule?.("node:fs").existsSync ?? (() => true);
// A server may have the build alone.
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
