// Runs one supervised command through the shared bundle, in an app of its own, and writes V8's code cache: functions
// that were called by then are in it, so that a run compiles nothing of them. Arguments: build folder, bundle, cache.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { writeCache } from "../writeCache.js";

const [build, file, cache] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), "laju-train-"));
writeFileSync(join(root, "package.json"), '{ "laju": {} }');
writeFileSync(join(root, ".env"), "NODE_ENV=production\nLOG_LEVEL=debug\n");
process.env.LAJU_ROOT = root;
process.argv = [process.argv[0], join(build, "commands", "Train.js")];

const scripts = new Map();
const { lajuShared } = load(`shared/${file}`);
const { begin, runDeclared } = lajuShared("app/console/startCompiled.ts");
begin({ name: "Train", overlap: "skip", schedule: ["0 8 * * *"] });
// After the supervision's own last words.
process.on("exit", () => {
  writeCache(cache, scripts.get(`shared/${file}`).createCachedData());
  rmSync(root, { recursive: true, force: true });
});
runDeclared("Train", { run });

function run({ log }) {
  log.info("a", { b: 1, c: new Date() });
  return "done";
}

/** As `lajuLoad` in runtime/head.js does it. */
function load(path) {
  const filename = join(build, `${path}.js`);
  const script = new Script(readFileSync(filename, "latin1"), { filename });
  scripts.set(path, script);
  const module = { exports: {} };
  const given = [build, load, Module, (name) => import(name)];
  script.runInThisContext()(
    ...[module.exports, createRequire(filename), module, filename, dirname(filename), ...given],
  );
  return module.exports;
}
