// The first lines of every compiled file. The code before them defines `lajuFolder`, the file's folder; `lajuMain`,
// whether the file is the program; `lajuNode`, Node's Module class; and `lajuSharedFile`, the bundle that all compiled
// files share.

// biome-ignore lint/correctness/noUnusedVariables: used by framework/config/require.ts if it is in this bundle.
const lajuRequire = require;

/** The build folder: the nearest folder above this file that contains a package.json. */
const lajuBuild = (() => {
  const { existsSync } = require("node:fs");
  const { dirname } = require("node:path");
  let folder = lajuFolder;
  while (!existsSync(`${folder}/package.json`) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
})();

/**
 * Files are read into one buffer, because the first use of new memory is slow, and a file's contents are needed only
 * briefly.
 */
const lajuMemory = Buffer.allocUnsafeSlow(2 ** 20);

/**
 * Reads a whole file, by path or descriptor; undefined if it can't be read. The result is valid only until the next
 * call.
 */
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

/** Whether code and data clearly belong to root: their folders do, and nothing sets LAJU_ROOT or LAJU_DATA. */
const lajuIsRoots = () => {
  const { statSync } = require("node:fs");
  const { LAJU_ROOT, LAJU_DATA } = process.env;
  // Check owners and existence first, because trying to read a missing .env takes longer than all of these calls.
  const look = (path) => statSync(`${lajuBuild}/../${path}`, { throwIfNoEntry: false });
  if (LAJU_ROOT || LAJU_DATA || look("").uid !== 0 || (look("data")?.uid ?? 0) !== 0) return false;
  const settings = look(".env");
  if (settings === undefined) return true;
  return settings.isFile() && lajuRead(`${lajuBuild}/../.env`)?.includes("LAJU_DATA") === false;
};

// If root starts this file, switch to the app's user before loading any other code of the app.
if (lajuMain && process.getuid?.() === 0 && !lajuIsRoots()) {
  require(`${lajuBuild}/runtime/appUser.cjs`).becomeAppUser(lajuBuild);
}

/**
 * Loads and evaluates a bundle of the build folder, with the code cache that the build made for this version of Node.
 */
const lajuLoad = (path, { descriptor, given = [] } = {}) => {
  const filename = `${lajuBuild}/${path}.js`;
  const { Script } = require("node:vm");
  const source = lajuRead(descriptor ?? filename)?.utf8Slice();
  if (source === undefined) {
    throw Object.assign(new Error(`${filename} is missing: run npm run build`), { code: "LAJU_BUNDLE" });
  }
  // V8 rejects a cache from another Node or CPU, or made with other flags, and then compiles the source as usual.
  const cachedData = lajuRead(`${lajuBuild}/${path}-${process.version}-${process.arch}.cache`);
  const module = { exports: {} };
  const folder = require("node:path").dirname(filename);
  const own = [lajuBuild, lajuLoad, lajuNode, (name, options) => import(name, options)];
  new Script(source, { filename, cachedData }).runInThisContext()(
    ...[module.exports, require, module, filename, folder, ...own, ...given],
  );
  return module.exports;
};

// Load the shared bundle once per process. A command that imports another command then shares its database connection.
globalThis[Symbol.for("laju.shared")] ??= Object.create(null);
globalThis[Symbol.for("laju.shared")][lajuSharedFile] ??= lajuLoad(`shared/${lajuSharedFile}`);
// biome-ignore lint/correctness/noUnusedVariables: used by the bundle.
const { lajuModule, lajuIsModule, lajuShared } = globalThis[Symbol.for("laju.shared")][lajuSharedFile];
