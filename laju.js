#!/usr/bin/env node
// Starts laju's command line: the compiled one while it is not older than its sources, else the sources.

if (process.getBuiltinModule === undefined) {
  console.error(`laju needs Node 20.19 or later, and this is ${process.version}.`);
  process.exit(1);
}
// Not by `import`, which loads all of each module's public part, streams as well: 3 ms at each start.
const { existsSync, readdirSync, readFileSync, statSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");

const root = import.meta.dirname;
const compiled = `${root}/build/laju.js`;
const require = createRequire(import.meta.url);

// Before anything of the app is loaded.
if (process.getuid?.() === 0) await goOnAsAppUser();

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

/** root runs nothing that another user can write: see framework/build/runtime/appUser.cjs. */
async function goOnAsAppUser() {
  const from = [`${root}/framework/build/runtime`, `${root}/build/runtime`].find(existsSync);
  if (from === undefined) return;
  const status = await require(`${from}/appUser.cjs`).runAsAppUser(root, firstWord());
  if (status !== undefined) process.exit(status);
}

/**
 * The build lists what each verb is made of, and its manifest carries the time at which it began. Whoever edits something
 * else of the app (a handler, a service, a view) goes on with the compiled verb.
 */
function isCurrent() {
  const builtAt = statSync(`${root}/build/commands.json`, { throwIfNoEntry: false })?.mtimeMs;
  const list = [verbFile(), "index"].map((name) => `${root}/build/sources/${name}.txt`).find(existsSync);
  if (builtAt === undefined || list === undefined) return false;
  const sources = readFileSync(list, "utf8").trimEnd().split("\n");
  return !sources.some((path) => isNewer(path, builtAt));
}

/** crontab:install is CrontabInstall. */
function verbFile() {
  return firstWord()
    .replace(/(?:^|:)([a-z])/g, (_, letter) => letter.toUpperCase())
    .replace(/[^A-Za-z]/g, "");
}

/** The verb: options may stand before it. */
function firstWord() {
  return process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
}

function isNewer(path, time) {
  const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (stat === undefined) return path.endsWith(".ts");
  // A folder's own time tells of files that were added, removed or renamed in it.
  if (stat.mtimeMs > time) return true;
  return (
    stat.isDirectory() && readdirSync(`${root}/${path}`).some((name) => isNewer(`${path}/${name}`, time))
  );
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
