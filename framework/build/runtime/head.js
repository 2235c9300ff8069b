// The head of every compiled file. Before it stand `lajuFolder`, where the file is; `lajuMain`, whether it is the
// program; `lajuNode`, Node's class Module; and `lajuSharedFile`, what it shares with the other compiled files.

// biome-ignore lint/correctness/noUnusedVariables: framework/config/require.ts, where it is in this bundle.
const lajuRequire = require;

/** The build's own folder: the nearest above that has a package.json. */
const lajuBuild = (() => {
  const { existsSync } = require("node:fs");
  const { dirname } = require("node:path");
  let folder = lajuFolder;
  while (!existsSync(`${folder}/package.json`) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
})();

/** Pages that a process has not touched yet are slow to get, and what is read is needed for a moment. */
const lajuMemory = Buffer.allocUnsafeSlow(2 ** 20);

/** A whole file, given by its path or opened, until the next call; undefined where it cannot be read. */
const lajuRead = (file) => {
  const { openSync, readSync, closeSync, readFileSync } = require("node:fs");
  try {
    const opened = typeof file === "number" ? file : openSync(file);
    try {
      let end = 0;
      for (let read = -1; read !== 0; end += read) {
        read = readSync(opened, lajuMemory, end, lajuMemory.length - end);
      }
      if (end < lajuMemory.length) return lajuMemory.subarray(0, end);
      return Buffer.concat([lajuMemory, readFileSync(opened)]);
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
};

/** Whether root finds all in its own hands, which is to cost nothing: code, data, and no word of data elsewhere. */
const lajuIsRoots = () => {
  const { statSync } = require("node:fs");
  const { LAJU_ROOT, LAJU_DATA } = process.env;
  // Not by reading .env and failing: an error costs more than all three looks.
  const look = (path) => statSync(`${lajuBuild}/../${path}`, { throwIfNoEntry: false });
  if (LAJU_ROOT || LAJU_DATA || look("").uid !== 0 || (look("data")?.uid ?? 0) !== 0) return false;
  const settings = look(".env");
  if (settings === undefined) return true;
  return settings.isFile() && lajuRead(`${lajuBuild}/../.env`)?.includes("LAJU_DATA") === false;
};

// Before anything else of the app is loaded.
if (lajuMain && process.getuid?.() === 0 && !lajuIsRoots()) {
  require(`${lajuBuild}/runtime/appUser.cjs`).becomeAppUser(lajuBuild);
}

/** Evaluates a bundle of the build with what V8 compiled of it when this Node made the build. */
const lajuLoad = (path, { descriptor, given = [] } = {}) => {
  const filename = `${lajuBuild}/${path}.js`;
  const { Script } = require("node:vm");
  const source = lajuRead(descriptor ?? filename)?.utf8Slice();
  if (source === undefined) {
    throw Object.assign(new Error(`${filename} is missing: run npm run build`), { code: "LAJU_BUNDLE" });
  }
  // A cache of another Node, another CPU or other flags is refused by V8, which then compiles as usual.
  const cachedData = lajuRead(`${lajuBuild}/${path}-${process.version}-${process.arch}.cache`);
  const module = { exports: {} };
  const folder = require("node:path").dirname(filename);
  const own = [lajuBuild, lajuLoad, lajuNode, (name, options) => import(name, options)];
  new Script(source, { filename, cachedData }).runInThisContext()(
    ...[module.exports, require, module, filename, folder, ...own, ...given],
  );
  return module.exports;
};

// One for the process: a command that imports another shares its database with it.
globalThis[Symbol.for("laju.shared")] ??= Object.create(null);
globalThis[Symbol.for("laju.shared")][lajuSharedFile] ??= lajuLoad(`shared/${lajuSharedFile}`);
// biome-ignore lint/correctness/noUnusedVariables: the bundle uses them.
const { lajuModule, lajuIsModule, lajuShared } = globalThis[Symbol.for("laju.shared")][lajuSharedFile];
