// Loads a package from build/vendor: its bundle, with what V8 compiled of it when this Node made the build.
const { readFileSync } = require("node:fs");
const { constants, Script } = require("node:vm");

module.exports = (name) => {
  const filename = `${__dirname}/${name}.js`;
  const source = read(filename, "latin1");
  if (source === undefined) throw Object.assign(new Error(`${filename} is missing`), { code: "LAJU_VENDOR" });
  // A cache of another Node, another CPU or other flags is refused by V8, which then compiles as usual.
  const cachedData = read(`${__dirname}/${name}-${process.version}-${process.arch}.cache`);
  const script = new Script(source, {
    filename,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, filename, __dirname);
  return module.exports;
};

function read(file, encoding) {
  try {
    return readFileSync(file, encoding);
  } catch {
    return undefined;
  }
}
