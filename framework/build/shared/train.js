// Runs one supervised command with the shared bundle in a temporary app, and writes V8's code cache. It contains the
// functions that were called, so that later runs don't have to compile them. Arguments: build folder, shared bundle,
// the outcome of the run ("succeeds" or "fails"), the bundle whose cache to write, cache.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleLoader } from "../loadBundle.js";
import { writeCache } from "../writeCache.js";

const [build, file, outcome, cached, cache] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), "laju-train-"));
writeFileSync(join(root, "package.json"), '{ "laju": {} }');
writeFileSync(join(root, ".env"), "NODE_ENV=production\nLOG_LEVEL=debug\n");
process.argv = [process.argv[0], join(root, "build", "commands", "Train.js")];

const { load, cacheOf } = bundleLoader(build, join(root, "build"));
const { lajuShared } = load(`shared/${file}`);
const { begin, runDeclared } = lajuShared("start/startCompiled");
const { command } = lajuShared("start/command");
// Does what a command without a lock does: checks its parent processes.
lajuShared("runs/nesting/nesting").nestingBelow("Train");
begin({ name: "Train", overlap: "skip", schedule: ["0 8 * * *"] });
// Runs after supervision's own exit handlers.
process.on("exit", () => {
  writeCache(cache, cacheOf(`shared/${cached}`));
  rmSync(root, { recursive: true, force: true });
  process.exitCode = 0;
});
runDeclared("Train", command({ run }));

function run({ log }) {
  log.info("a", { b: 1, c: new Date() });
  if (outcome === "fails") throw new Error("as intended");
  return "done";
}
