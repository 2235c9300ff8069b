// Starts laju's command line: the compiled one if it is up to date, otherwise the sources. This file is plain
// JavaScript, because it is what loads tsx. The build copies it to build/, for servers without sources.

if (process.getBuiltinModule === undefined) {
  console.error(`laju needs Node 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}
// Don't `import` built-in modules: an import loads the whole public API including streams, which costs 3 ms per start.
const { existsSync, readdirSync, readFileSync, statSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");
const { dirname } = process.getBuiltinModule("node:path");
const { pathToFileURL } = process.getBuiltinModule("node:url");

/** laju's own folder: its package in node_modules, its repository or, if only build/ was deployed, the app's root. */
const home = import.meta.dirname.replace(/\/(framework\/)?build\/runtime$/, "");
const require = createRequire(import.meta.url);

/**
 * The root of the app to use: laju's repository if this program is started there, otherwise the nearest app above the
 * current folder.
 */
export function appFor(folder) {
  return isApp(folder) ? folder : appAbove(process.cwd());
}

/** Runs the verb that this process's arguments name, in the app with this root. Without a root, there is no app. */
export async function startCommandLine(root) {
  if (root === undefined) return startOutside();
  // If root starts laju, switch to the app's user before loading any of the app's code.
  if (process.getuid?.() === 0) await continueAsAppUser(root);

  const compiled = `${root}/build/laju.js`;
  if (existsSync(compiled) && (isCurrent(root) || sources() === undefined || !hasTsx())) {
    require(compiled);
  } else if (canRunSources()) {
    // `new`, started from the unpacked package, has no tsx. Verbs that load none of the app's code work without it.
    if (hasTsx()) (await import("tsx/esm/api")).register();
    await importSources();
  } else {
    console.error("laju is not built, and tsx, which could run it from source, is not installed.");
    console.error("  Run npm ci && npm run build, or deploy build/ with the app.");
    process.exit(1);
  }
}

/** Starts laju outside any app, for verbs such as `new`. */
async function startOutside() {
  globalThis[Symbol.for("laju.outside")] = true;
  await importSources();
}

/** Imports by URL, because a % in a folder's name would be decoded in a path. */
function importSources() {
  return import(pathToFileURL(`${home}/${sources()}`).href);
}

/** Switches to the app's user, because root must not execute code that another user can write: see appUser.cjs. */
async function continueAsAppUser(root) {
  const from = [`${home}/framework/build/runtime`, `${root}/build/runtime`].find(existsSync);
  if (from === undefined) return;
  const status = await require(`${from}/appUser.cjs`).runAsAppUser(root, firstWord());
  if (status !== undefined) process.exit(status);
}

/**
 * Whether the compiled verb is up to date. The build lists the sources of each verb, and the manifest's mtime is the
 * time the build began. Files that the verb doesn't use, such as a handler or a view, don't count.
 */
function isCurrent(root) {
  const builtAt = statSync(`${root}/build/commands.json`, { throwIfNoEntry: false })?.mtimeMs;
  const list = [verbFile(), "index"].map((name) => `${root}/build/sources/${name}.txt`).find(existsSync);
  if (builtAt === undefined || list === undefined || !isSameLaju(root)) return false;
  const files = readFileSync(list, "utf8").split("\n").filter(Boolean);
  return !files.some((path) => isNewer(root, path, builtAt));
}

/**
 * Whether this build was made by the installed version of laju. Compares package.json, because the mtimes of an
 * installed package's files say nothing.
 */
function isSameLaju(root) {
  if (home === root) return true;
  const built = textOf(`${root}/build/sources/laju.json`);
  return built !== undefined && built === textOf(`${home}/package.json`);
}

/** The name of a verb's source file: CrontabInstall for crontab:install. */
function verbFile() {
  return firstWord()
    .replace(/(?:^|:)([a-z])/g, (_, letter) => letter.toUpperCase())
    .replace(/[^A-Za-z]/g, "");
}

/** The verb: the first argument that is not an option. */
function firstWord() {
  return process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
}

function isNewer(root, path, time) {
  const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (stat === undefined) return path.endsWith(".ts");
  // Adding, removing or renaming a file changes its folder's mtime.
  if (stat.mtimeMs > time) return true;
  return (
    stat.isDirectory() &&
    readdirSync(`${root}/${path}`).some((name) => isNewer(root, `${path}/${name}`, time))
  );
}

/** The file that finds and runs verbs: TypeScript in the repository, JavaScript in the package. */
function sources() {
  return ["commands/index.ts", "commands/index.js"].find((file) => existsSync(`${home}/${file}`));
}

/** Whether laju can run without being built: the package's JavaScript needs no tsx. */
function canRunSources() {
  return sources()?.endsWith(".js") || (sources() !== undefined && hasTsx());
}

function hasTsx() {
  try {
    require.resolve("tsx/esm/api");
    return true;
  } catch {
    return false;
  }
}

function appAbove(folder) {
  if (isApp(folder)) return folder;
  return folder === dirname(folder) ? undefined : appAbove(dirname(folder));
}

function isApp(folder) {
  const file = `${folder}/package.json`;
  const text = textOf(file);
  const description = text === undefined ? undefined : parsed(text, file);
  return typeof description === "object" && description !== null && "laju" in description;
}

/** Parses package.json. Exits if it is not valid JSON, for example in the middle of a merge. */
function parsed(text, file) {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Leave out the part of V8's message that quotes the file.
    console.error(`✗ ${file} is not valid JSON: ${error.message.replace(/, ".*$/s, "")}`);
    console.error("  Correct it, or restore it from version control.");
    process.exit(1);
  }
}

function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
