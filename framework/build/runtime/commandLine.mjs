// Starts laju's command line: the compiled one if it is up to date, otherwise the sources.
// Plain JavaScript, because it loads tsx. The build copies it for servers without sources.

if (process.getBuiltinModule === undefined) {
  console.error(`laju needs Node 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}
// Don't use `import`: for a built-in, it loads the entire public API including streams, which costs 3 ms per start.
const { existsSync, readdirSync, readFileSync, statSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");
const { dirname } = process.getBuiltinModule("node:path");
const { pathToFileURL } = process.getBuiltinModule("node:url");

/**
 * laju's own folder: its package in node_modules, or its repository. It has no sources if only build/ was deployed.
 */
const home = import.meta.dirname.replace(/\/(framework\/)?build\/runtime$/, "");
const require = createRequire(import.meta.url);

/**
 * The app to use: laju's repository if this program is started there, otherwise the nearest app above the
 * current folder.
 */
export function appFor(folder) {
  return isApp(folder) ? folder : appAbove(process.cwd());
}

/** Runs the verb in this process's arguments, in the app with this root; undefined outside any app. */
export async function startCommandLine(root) {
  if (root === undefined) return startOutside();
  // Switch users before loading any of the app's code.
  if (process.getuid?.() === 0) await continueAsAppUser(root);

  const compiled = `${root}/build/laju.js`;
  if (existsSync(compiled) && (isCurrent(root) || sources() === undefined || !hasTsx())) {
    require(compiled);
  } else if (canRunSources()) {
    // Without tsx (for example if `new` is started from the unpacked package), verbs that load none of the app's code
    // still work.
    if (hasTsx()) (await import("tsx/esm/api")).register();
    await importSources();
  } else {
    console.error("laju is not built, and tsx, which could run it from source, is not installed.");
    console.error("  Run npm ci && npm run build, or deploy build/ with the app.");
    process.exit(1);
  }
}

/** Starts outside an app, where `new` can create one. */
async function startOutside() {
  globalThis[Symbol.for("laju.outside")] = true;
  await importSources();
}

/** Imports by URL, because a folder's name can contain a %. */
function importSources() {
  return import(pathToFileURL(`${home}/${sources()}`).href);
}

/** root must not execute code that another user can write: see framework/build/runtime/appUser.cjs. */
async function continueAsAppUser(root) {
  const from = [`${home}/framework/build/runtime`, `${root}/build/runtime`].find(existsSync);
  if (from === undefined) return;
  const status = await require(`${from}/appUser.cjs`).runAsAppUser(root, firstWord());
  if (status !== undefined) process.exit(status);
}

/**
 * The build lists the sources of each verb, and the manifest's mtime is the time the build began. Editing any other part
 * of the app (a handler, a service, a view) leaves the compiled verb usable.
 */
function isCurrent(root) {
  const builtAt = statSync(`${root}/build/commands.json`, { throwIfNoEntry: false })?.mtimeMs;
  const list = [verbFile(), "index"].map((name) => `${root}/build/sources/${name}.txt`).find(existsSync);
  if (builtAt === undefined || list === undefined || !isSameLaju(root)) return false;
  const files = readFileSync(list, "utf8").split("\n").filter(Boolean);
  return !files.some((path) => isNewer(root, path, builtAt));
}

/**
 * Whether the installed laju made this build. The mtimes of a package's files are meaningless, so this compares
 * package.json.
 */
function isSameLaju(root) {
  if (home === root) return true;
  const built = textOf(`${root}/build/sources/laju.json`);
  return built !== undefined && built === textOf(`${home}/package.json`);
}

/** The file of a verb: CrontabInstall for crontab:install. */
function verbFile() {
  return firstWord()
    .replace(/(?:^|:)([a-z])/g, (_, letter) => letter.toUpperCase())
    .replace(/[^A-Za-z]/g, "");
}

/** The verb, which options may precede. */
function firstWord() {
  return process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
}

function isNewer(root, path, time) {
  const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (stat === undefined) return path.endsWith(".ts");
  // A folder's own mtime changes when files are added, removed or renamed in it.
  if (stat.mtimeMs > time) return true;
  return (
    stat.isDirectory() &&
    readdirSync(`${root}/${path}`).some((name) => isNewer(root, `${path}/${name}`, time))
  );
}

/** The dispatcher: TypeScript in the repository, JavaScript in the package. */
function sources() {
  return ["commands/index.ts", "commands/index.js"].find((file) => existsSync(`${home}/${file}`));
}

/** Whether the sources can run without tsx, as the package's JavaScript can. */
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

/** Exits if the file is invalid, for example in the middle of a merge. */
function parsed(text, file) {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's message also quotes the file's text. Leave that out.
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
