// The head of the bundle that all compiled files share. Before it stand `lajuBuild`, `lajuLoad` and `lajuNode` of
// head.js, `lajuColdFile`, the bundle's cold half, and `lajuVendor`, the bundles in vendor/ by their packages' names.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;

/** The import.meta that a module would have if it were compiled one to one. */
const lajuModule = (file) => {
  const filename = require("node:path").join(lajuBuild, file);
  return {
    filename,
    dirname: require("node:path").dirname(filename),
    get url() {
      return require("node:url").pathToFileURL(filename).href;
    },
    resolve(name) {
      return require("node:url").pathToFileURL(lajuNode.createRequire(filename).resolve(name)).href;
    },
  };
};

/** Whether `require` gave a real ES module. */
const lajuIsModule = (value) => value != null && value[Symbol.toStringTag] === "Module";

/** Each module by its path from the root, or what gives it; the bundle puts them in. */
const lajuModules = Object.create(null);

/** A module with these getters for its exports. */
const lajuGive = (getters) => {
  const given = {};
  for (const name in getters) Object.defineProperty(given, name, { get: getters[name], enumerable: true });
  return given;
};

/**
 * Gives modules as their importers see them: real ES modules, whose default export is their own. `loadMissing` brings
 * those that are not there yet.
 */
const lajuGiver = (modules, loadMissing) => (name) => {
  if (modules[name] === undefined) loadMissing();
  if (typeof modules[name] === "function") modules[name] = modules[name]();
  const module = modules[name];
  if (!lajuIsModule(module)) Object.defineProperty(module, Symbol.toStringTag, { value: "Module" });
  return module;
};

/** Open from the beginning: a run that fails after its build was replaced or deleted still has what records that. */
const lajuColdSource = (() => {
  try {
    return require("node:fs").openSync(`${lajuBuild}/shared/${lajuColdFile}.js`);
  } catch {
    return undefined; // What needs it says so.
  }
})();

/** A module of this bundle, of its cold half as well. */
const lajuShared = lajuGiver(lajuModules, () => {
  const given = [lajuModules, lajuShared, lajuModule, lajuIsModule, lajuGive];
  lajuLoad(`shared/${lajuColdFile}`, { descriptor: lajuColdSource, given });
});

exports.lajuGive = lajuGive;
exports.lajuGiver = lajuGiver;
exports.lajuModule = lajuModule;
exports.lajuIsModule = lajuIsModule;
exports.lajuShared = lajuShared;

/** The folder of a package, whichever of its names it is known by, as Node finds it from these node_modules. */
const lajuFind = (name, folders) => {
  const { existsSync, realpathSync } = require("node:fs");
  const found = folders.find((folder) => existsSync(`${folder}/${name}/package.json`));
  return found && realpathSync(`${found}/${name}`);
};

/** Whether Node finds another package of that name for whoever asks: one nested in a package, of another version. */
const lajuHasOwn = (name, parent) => {
  // What the build made asks for what the build found.
  if (parent?.paths === undefined || parent.filename?.startsWith(`${lajuBuild}/`)) return false;
  const found = lajuFind(name, parent.paths);
  return found !== undefined && found !== lajuFind(name, lajuNode._nodeModulePaths(lajuBuild));
};

// Whoever asks for one of the heavy packages, here or in a package of the user's, gets the one in vendor/.
if (globalThis[Symbol.for("laju.vendor")] === undefined) {
  const vendor = Object.assign(Object.create(null), lajuVendor);
  globalThis[Symbol.for("laju.vendor")] = vendor;
  const load = lajuNode._load;
  const loaded = Object.create(null);
  lajuNode._load = (name, ...rest) => {
    if (vendor[name] === undefined || lajuHasOwn(name, rest[0])) return load(name, ...rest);
    try {
      loaded[name] ??= lajuLoad(`vendor/${vendor[name]}`);
      return loaded[name];
    } catch (error) {
      // Another CPU, another C library, a vendor/ left behind: node_modules has it too, and is only slower.
      const isMissing = error.code === "MODULE_NOT_FOUND" && error.message.includes(`${lajuBuild}/vendor/`);
      if (!isMissing && error.code !== "LAJU_BUNDLE") throw error;
      delete vendor[name];
      return load(name, ...rest);
    }
  };
}
