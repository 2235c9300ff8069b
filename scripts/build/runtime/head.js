// The head of every compiled file. Before it stand `lajuFolder`, where the file is; `lajuMain`, whether it is the
// program; `lajuNode`, Node's class Module; and `lajuSharedFile`, what it shares with the other compiled files.

// biome-ignore lint/correctness/noUnusedVariables: app/services/require.ts, where it is in this bundle.
const lajuRequire = require;

/** The build's own folder: the nearest above that has a package.json. */
const lajuBuild = (() => {
  const { existsSync } = require("node:fs");
  const { dirname } = require("node:path");
  let folder = lajuFolder;
  while (!existsSync(`${folder}/package.json`) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
})();

/** Evaluates a bundle of the build with what V8 compiled of it when this Node made the build. */
const lajuLoad = (path) => {
  const filename = `${lajuBuild}/${path}.js`;
  const { readFileSync } = require("node:fs");
  const { Script } = require("node:vm");
  const read = (file, encoding) => {
    try {
      return readFileSync(file, encoding);
    } catch {
      return undefined;
    }
  };
  const source = read(filename, "latin1");
  if (source === undefined) {
    throw Object.assign(new Error(`${filename} is missing: run npm run build`), { code: "LAJU_BUNDLE" });
  }
  // A cache of another Node, another CPU or other flags is refused by V8, which then compiles as usual.
  const cachedData = read(`${lajuBuild}/${path}-${process.version}-${process.arch}.cache`);
  const module = { exports: {} };
  const folder = require("node:path").dirname(filename);
  const given = [lajuBuild, lajuLoad, lajuNode, (name, options) => import(name, options)];
  new Script(source, { filename, cachedData }).runInThisContext()(
    ...[module.exports, require, module, filename, folder, ...given],
  );
  return module.exports;
};

// One for the process: a command that imports another shares its database with it.
globalThis[Symbol.for("laju.shared")] ??= Object.create(null);
globalThis[Symbol.for("laju.shared")][lajuSharedFile] ??= lajuLoad(`shared/${lajuSharedFile}`);
// biome-ignore lint/correctness/noUnusedVariables: the bundle uses them.
const { lajuModule, lajuIsModule, lajuShared } = globalThis[Symbol.for("laju.shared")][lajuSharedFile];
