// The head of every compiled file; `lajuFolder` and `lajuMain` are defined just before it.

/** The build's own folder: the nearest above that has a package.json. */
const lajuBuild = (() => {
  const { existsSync } = require("node:fs");
  const { dirname } = require("node:path");
  let folder = lajuFolder;
  while (!existsSync(`${folder}/package.json`) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
})();

/** The import.meta that a module would have if it were compiled one to one. */
// biome-ignore lint/correctness/noUnusedVariables: the modules of the bundle use it.
const lajuModule = (file) => {
  const filename = require("node:path").join(lajuBuild, file);
  return {
    filename,
    dirname: require("node:path").dirname(filename),
    get url() {
      return require("node:url").pathToFileURL(filename).href;
    },
    resolve(name) {
      const { createRequire } = require("node:module");
      return require("node:url").pathToFileURL(createRequire(filename).resolve(name)).href;
    },
  };
};

/** Whether `require` gave a real ES module. */
// biome-ignore lint/correctness/noUnusedVariables: esbuild's helper uses it, see bundle.ts.
const lajuIsModule = (value) => value != null && value[Symbol.toStringTag] === "Module";

// Whoever asks for one of the heavy packages, here or in a package of the user's, gets the one in vendor/.
if (globalThis[Symbol.for("laju.vendor")] === undefined) {
  const vendor = Object.assign(Object.create(null), lajuVendor);
  globalThis[Symbol.for("laju.vendor")] = vendor;
  const Module = require("node:module");
  const load = Module._load;
  const loaded = Object.create(null);
  Module._load = (name, ...rest) => {
    if (vendor[name] === undefined) return load(name, ...rest);
    try {
      loaded[name] ??= load(`${lajuBuild}/vendor/load.js`)(vendor[name]);
      return loaded[name];
    } catch (error) {
      // Another CPU, another C library, a vendor/ left behind: node_modules has it too, and is only slower.
      const isMissing = error.code === "MODULE_NOT_FOUND" && error.message.includes(`${lajuBuild}/vendor/`);
      if (!isMissing && error.code !== "LAJU_VENDOR") throw error;
      delete vendor[name];
      return load(name, ...rest);
    }
  };
}
