// The head of the shared bundle. It uses `lajuBuild`, `lajuLoad` and `lajuNode` from head.js, `lajuColdFile`, the bundle's
// cold half, and `lajuVendor`, the bundles in vendor/ by package name.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;

/** The import.meta that a module would have if files were compiled one to one. */
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

/** Whether the result of `require` is a real ES module. */
const lajuIsModule = (value) => value != null && value[Symbol.toStringTag] === "Module";

/** The modules, or functions that return them, by path relative to the root. The bundle adds them. */
const lajuModules = Object.create(null);

/** Creates a module from getters for its exports. */
const lajuGive = (getters) => {
  const given = {};
  for (const name in getters) Object.defineProperty(given, name, { get: getters[name], enumerable: true });
  return given;
};

/**
 * Returns a function that gives modules by name, as real ES modules with their own default export. `loadMissing` loads
 * modules that are missing.
 */
const lajuGiver = (modules, loadMissing) => (name) => {
  if (modules[name] === undefined) loadMissing();
  if (typeof modules[name] === "function") modules[name] = modules[name]();
  const module = modules[name];
  if (!lajuIsModule(module)) Object.defineProperty(module, Symbol.toStringTag, { value: "Module" });
  return module;
};

/** Opens the file at start-up, so that a run can record its failure even if its build is replaced or deleted later. */
const lajuColdSource = (() => {
  try {
    return require("node:fs").openSync(`${lajuBuild}/shared/${lajuColdFile}.js`);
  } catch {
    return undefined; // The first call that needs the cold half reports this.
  }
})();

/** Returns a module of this bundle, from either half. */
const lajuShared = lajuGiver(lajuModules, () => {
  const given = [lajuModules, lajuShared, lajuModule, lajuIsModule, lajuGive];
  lajuLoad(`shared/${lajuColdFile}`, { descriptor: lajuColdSource, given });
});

exports.lajuGive = lajuGive;
exports.lajuGiver = lajuGiver;
exports.lajuModule = lajuModule;
exports.lajuIsModule = lajuIsModule;
exports.lajuShared = lajuShared;

/** The folder of a package, as Node finds it from these node_modules. */
const lajuFind = (name, folders) => {
  const { existsSync, realpathSync } = require("node:fs");
  const found = folders.find((folder) => existsSync(`${folder}/${name}/package.json`));
  return found && realpathSync(`${found}/${name}`);
};

/** Whether Node would resolve to a different package of that name, such as another version nested in a package. */
const lajuHasOwn = (name, parent) => {
  // Files in build/ use the packages that the build found.
  if (parent?.paths === undefined || parent.filename?.startsWith(`${lajuBuild}/`)) return false;
  const found = lajuFind(name, parent.paths);
  return found !== undefined && found !== lajuFind(name, lajuNode._nodeModulePaths(lajuBuild));
};

/**
 * The file of a package that laju depends on, as laju itself would find it. In pnpm's layout, the app's files
 * (including build/) cannot resolve such packages. Undefined if laju doesn't depend on it.
 */
const lajuBrought = (name) => {
  try {
    const laju = lajuNode.createRequire(`${lajuBuild}/../package.json`).resolve("laju/package.json");
    return lajuNode.createRequire(laju).resolve(name);
  } catch {
    return undefined; // laju itself is not installed: a server may have only build/.
  }
};

// Every require of a heavy package, even in another package, gets the one in vendor/.
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
      // On another CPU or C library, or without vendor/, fall back to node_modules, which is merely slower.
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
