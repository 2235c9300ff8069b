/*
 * The queue in a storm: `npm run chaos -- --on sqlite|postgresql|mariadb|redis [--minutes N] [--seed S]`.
 *   --minutes N   how long faults go on (default 1); afterwards everything that was queued has to end
 *   --seed S      the same seed gives the same plan of faults (default 1)
 *   --plan        print the plan of faults, and do nothing
 *   --keep        keep the folder with the trace, the logs and the store
 * Ends with status 1 where a promise of the queue was broken. Without root there are no other hosts and no full disk.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { chaos } from "./chaos";
import { means } from "./means";
import { type EngineName, engines, planOf } from "./plan";

const { values } = parseArgs({
  options: {
    on: { type: "string", default: "sqlite" },
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    plan: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const engine = engines.find((name) => name === values.on);
if (engine === undefined) fail(`--on is ${JSON.stringify(values.on)}: it is one of ${engines.join(", ")}`);
const minutes = positive("minutes", values.minutes);
const seed = positive("seed", values.seed);

if (values.plan) {
  for (const { at, name, ms } of planOf(engine as EngineName, minutes, seed, means()))
    console.log(`${(at / 1000).toFixed(1).padStart(7)} s  ${name.padEnd(14)} ${ms > 0 ? `${ms} ms` : ""}`);
} else if (means().isRoot && process.env.LAJU_CHAOS_APART === undefined) {
  process.exitCode = again();
} else {
  process.exitCode = (await chaos({ engine: engine as EngineName, minutes, seed, keep: values.keep }))
    ? 0
    : 1;
}

/** In a mount namespace of its own: the small disk is nobody else's business, and is gone with the last process. */
function again(): number {
  const [node, ...args] = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync("unshare", ["--mount", node as string, ...args], {
    stdio: "inherit",
    env: { ...process.env, LAJU_CHAOS_APART: "1" },
  });
  return status ?? 1;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  return number > 0 ? number : fail(`--${name} is ${JSON.stringify(text)}: it is a number above 0`);
}

function fail(message: string): never {
  console.error(`✗ ${message}`);
  process.exit(2);
}
