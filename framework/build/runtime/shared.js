// The first lines of the shared bundle. They use `lajuBuild`, `lajuLoad` and `lajuNode` from head.js, `lajuColdFile`,
// the name of the bundle's cold half, and `lajuVendor`, which maps packages to bundles in vendor/.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;

/** The import.meta that a module would have if each source were compiled to a file of its own. */
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

/** Whether a value is marked as an ES module. */
const lajuIsModule = (value) => value != null && value[Symbol.toStringTag] === "Module";

/** The modules, by path relative to the root, or functions that create them. The rest of the bundle adds them. */
const lajuModules = Object.create(null);

/** Creates a module's export object from a getter for each export. */
const lajuGive = (getters) => {
  const given = {};
  for (const name in getters) Object.defineProperty(given, name, { get: getters[name], enumerable: true });
  return given;
};

/**
 * Returns a function that returns a module by name. The module looks like an ES module that Node loaded, with its own
 * default export. `loadMissing` adds modules that are not in `modules` yet.
 */
const lajuGiver = (modules, loadMissing) => (name) => {
  if (modules[name] === undefined) loadMissing();
  if (typeof modules[name] === "function") modules[name] = modules[name]();
  const module = modules[name];
  if (!lajuIsModule(module)) Object.defineProperty(module, Symbol.toStringTag, { value: "Module" });
  return module;
};

/**
 * Open the cold half's file at start-up: a run can then load it to record a failure, even if the build has been
 * deleted.
 */
const lajuColdSource = (() => {
  try {
    return require("node:fs").openSync(`${lajuBuild}/shared/${lajuColdFile}.js`);
  } catch {
    return undefined; // The first call that needs the cold half reports the error.
  }
})();

/** Returns a module of this bundle, from its hot or its cold half. */
const lajuShared = lajuGiver(lajuModules, () => {
  const given = [lajuModules, lajuShared, lajuModule, lajuIsModule, lajuGive];
  lajuLoad(`shared/${lajuColdFile}`, { descriptor: lajuColdSource, given });
});

exports.lajuGive = lajuGive;
exports.lajuGiver = lajuGiver;
exports.lajuModule = lajuModule;
exports.lajuIsModule = lajuIsModule;
exports.lajuShared = lajuShared;

/** The folder of a package, in the first of these node_modules folders that has the package. */
const lajuFind = (name, folders) => {
  const { existsSync, realpathSync } = require("node:fs");
  const found = folders.find((folder) => existsSync(`${folder}/${name}/package.json`));
  return found && realpathSync(`${found}/${name}`);
};

/**
 * Whether Node would resolve the name to another package than the build did, such as another version nested in a
 * package.
 */
const lajuHasOwn = (name, parent) => {
  // Code in build/ uses the packages that the build found.
  if (parent?.paths === undefined || parent.filename?.startsWith(`${lajuBuild}/`)) return false;
  const found = lajuFind(name, parent.paths);
  return found !== undefined && found !== lajuFind(name, lajuNode._nodeModulePaths(lajuBuild));
};

/**
 * The file of one of laju's own dependencies. In pnpm's layout, the app's files (including build/) cannot resolve
 * these. Undefined if laju doesn't depend on the package.
 */
const lajuBrought = (name) => {
  try {
    const laju = lajuNode.createRequire(`${lajuBuild}/../package.json`).resolve("laju/package.json");
    return lajuNode.createRequire(laju).resolve(name);
  } catch {
    return undefined; // laju's package is not installed, because only build/ was deployed.
  }
};

// Make every `require` of a vendored package, even one in another package, load the bundle in vendor/.
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
      // The bundle is missing or made for another CPU or C library. Load the package from node_modules, which is
      // slower.
      const isMissing = error.code === "MODULE_NOT_FOUND" && error.message.includes(`${lajuBuild}/vendor/`);
      if (!isMissing && error.code !== "LAJU_BUNDLE") throw error;
      delete vendor[name];
      return load(name, ...rest);
    }
  };
  const resolve = lajuNode._resolveFilename;
  lajuNode._resolveFilename = (name, parent, ...rest) => {
    try {
      return resolve(name, parent, ...rest);
    } catch (error) {
      const isOfBuild = parent?.filename?.startsWith(`${lajuBuild}/`) && /^[a-z@]/i.test(name);
      const found = isOfBuild ? lajuBrought(name) : undefined;
      if (found === undefined) throw error;
      return found;
    }
  };
}
