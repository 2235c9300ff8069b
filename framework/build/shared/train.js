// Runs one supervised command with the shared bundle in a temporary app, then writes V8's code cache with the functions
// that were called, so that later runs don't have to compile them. Arguments: build folder, shared bundle, how the run
// ends ("succeeds" or "fails"), the bundle whose cache to write, cache file.
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
// Calls what a command without a lock calls: the check of its parent processes.
lajuShared("runs/nesting/nesting").nestingBelow("Train");
begin({ name: "Train", overlap: "skip", schedule: ["0 8 * * *"] });
// Register this handler after supervision's own exit handlers, so that it runs after them.
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
