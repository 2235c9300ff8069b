// Calls verbs in a temporary app, then writes V8's code cache for one half (hot or cold) of the bundled verbs.
// Arguments: build folder, shared bundle, the hot half, which verbs to call ("frequent" or "rare"), the half whose cache
// to write, cache file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleLoader } from "../loadBundle.js";
import { writeCache } from "../writeCache.js";

const [build, shared, cli, kind, cached, cache] = process.argv.slice(2);
const frequent = [
  ["--help"],
  ["list"],
  ["list", "--next"],
  ["list", "--json"],
  ["show", "Train"],
  ["status"],
  ["runs"],
  ["runs", "Train"],
  ["logs", "Train"],
  ["crontab"],
  ["inspect"],
];
const rare = [
  ["mistyped"],
  ["explain", "0 8 * * 1-5"],
  ["crontab:check"],
  ["migrate:status"],
  ["pause", "--list"],
  ["queue:status"],
];

const source = `
  import { command } from "../app/console/command";
  export default command({ schedule: "0 8 * * 1-5", timeout: "10m", run: async ({ log }) => log.info("hello") });
`;
const facts = {
  ...{
    name: "Train",
    form: "declared",
    file: "commands/Train.ts",
    description: "",
    schedules: ["0 8 * * 1-5"],
  },
  ...{ timezone: null, timeout: "10m", overlap: "skip", oneServer: null, catchUp: "none", retries: 0 },
  ...{ retryDelay: "10s", environments: null, enabled: true, tags: [], priority: 0, log: null, notify: null },
  ...{ ping: null, options: {} },
};
const manifest = { version: 1, commands: [facts], jobs: [], problems: [], inputs: {} };

const root = makeApp();
process.env.LAJU_ROOT = root;
const { load, cacheOf } = bundleLoader(build);
globalThis[Symbol.for("laju.shared")] = { [shared]: load(`shared/${shared}`) };
// A verb would exit the process. Prevent that, so that the next verb can run.
const end = process.exit;
process.exit = () => {};
process.argv = [process.argv[0], join(build, "laju.js"), "--version"];
const { main } = load(`cli/${cli}`);
for (const verb of kind === "rare" ? rare : frequent) await main(verb);
writeCache(cache, cacheOf(`cli/${cached}`));
rmSync(root, { recursive: true, force: true });
end(0);

/** An app with one command, consisting of the command's source and a build's manifest. */
function makeApp() {
  const folder = mkdtempSync(join(tmpdir(), "laju-train-"));
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("package.json", '{ "laju": {} }');
  write(".env", "NODE_ENV=production\n");
  write("commands/Train.ts", source);
  write("build/commands.json", JSON.stringify(manifest));
  return folder;
}
