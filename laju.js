#!/usr/bin/env node
// Starts laju's command line: the compiled one while it is not older than its sources, else the sources.

if (process.getBuiltinModule === undefined) {
  console.error(`laju needs Node 20.19 or later, and this is ${process.version}.`);
  process.exit(1);
}
// Not by `import`, which loads all of each module's public part, streams as well: 3 ms at each start.
const { existsSync, readFileSync, statSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");

const root = import.meta.dirname;
const compiled = `${root}/build/laju.js`;
const require = createRequire(import.meta.url);

if (existsSync(compiled) && (isCurrent() || !canRunSources())) {
  require(compiled);
} else if (canRunSources()) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./commands/index.ts");
} else {
  console.error("laju is not built, and tsx, which runs it from its sources, is not installed.");
  console.error("  Run npm ci && npm run build, or bring build/ along.");
  process.exit(1);
}

/**
 * The build lists laju's sources, with their folders: a folder's own time tells of files that were added, removed or
 * renamed in it. Its manifest carries the time at which it began.
 */
function isCurrent() {
  const builtAt = timeOf("build/commands.json");
  const list = `${root}/build/sources.txt`;
  if (builtAt === undefined || !existsSync(list)) return false;
  const sources = readFileSync(list, "utf8").trimEnd().split("\n");
  return !sources.some((path) => timeOf(path) > builtAt);
}

/** When a file or folder was last written; undefined where there is none. */
function timeOf(path) {
  return statSync(`${root}/${path}`, { throwIfNoEntry: false })?.mtimeMs;
}

function canRunSources() {
  if (!existsSync(`${root}/commands/index.ts`)) return false;
  try {
    require.resolve("tsx/esm/api");
    return true;
  } catch {
    return false;
  }
}
