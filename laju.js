#!/usr/bin/env node
// Starts laju's command line: the compiled one if it is up to date, otherwise the sources.

if (process.getBuiltinModule === undefined) {
  console.error(`laju needs Node 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}
// Not with `import`: importing a built-in loads all of its public API, streams included, which costs 3 ms per start.
const { existsSync, readdirSync, readFileSync, statSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");

const root = import.meta.dirname;
const compiled = `${root}/build/laju.js`;
const require = createRequire(import.meta.url);

// Must come before any of the app's code is loaded.
if (process.getuid?.() === 0) await continueAsAppUser();

if (existsSync(compiled) && (isCurrent() || !canRunSources())) {
  require(compiled);
} else if (canRunSources()) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./commands/index.ts");
} else {
  console.error("laju is not built, and tsx, which could run it from source, is not installed.");
  console.error("  Run npm ci && npm run build, or deploy build/ with the app.");
  process.exit(1);
}

/** root must not execute code that another user can write: see framework/build/runtime/appUser.cjs. */
async function continueAsAppUser() {
  const from = [`${root}/framework/build/runtime`, `${root}/build/runtime`].find(existsSync);
  if (from === undefined) return;
  const status = await require(`${from}/appUser.cjs`).runAsAppUser(root, firstWord());
  if (status !== undefined) process.exit(status);
}

/**
 * The build lists the sources of each verb, and the manifest's mtime is the time the build began. Editing any other part
 * of the app (a handler, a service, a view) leaves the compiled verb usable.
 */
function isCurrent() {
  const builtAt = statSync(`${root}/build/commands.json`, { throwIfNoEntry: false })?.mtimeMs;
  const list = [verbFile(), "index"].map((name) => `${root}/build/sources/${name}.txt`).find(existsSync);
  if (builtAt === undefined || list === undefined) return false;
  const sources = readFileSync(list, "utf8").trimEnd().split("\n");
  return !sources.some((path) => isNewer(path, builtAt));
}

/** The file of a verb: CrontabInstall for crontab:install. */
function verbFile() {
  return firstWord()
    .replace(/(?:^|:)([a-z])/g, (_, letter) => letter.toUpperCase())
    .replace(/[^A-Za-z]/g, "");
}

/** The verb, which may follow options. */
function firstWord() {
  return process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
}

function isNewer(path, time) {
  const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (stat === undefined) return path.endsWith(".ts");
  // A folder's own mtime changes when files are added, removed or renamed in it.
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
