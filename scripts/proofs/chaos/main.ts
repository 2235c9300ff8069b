/*
 * Runs the queue under faults: `npm run chaos -- --on sqlite|postgresql|mariadb|redis [--minutes N] [--seed S]`.
 *   --minutes N   how long faults occur (default 1); then all queued jobs have to finish
 *   --seed S      the same seed gives the same plan of faults (default 1)
 *   --plan        print the plan of faults, and do nothing
 *   --keep        keep the folder with the trace, the logs and the store
 * Exits with 1 if the queue broke a guarantee. Without root, there are no simulated hosts and no full disk.
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
if (engine === undefined) fail(`--on is ${JSON.stringify(values.on)}, expected one of ${engines.join(", ")}`);
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

/**
 * Starts this program again in a private mount namespace. The small disk is then invisible to other processes, and
 * vanishes when the last process ends.
 */
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
  return number > 0 ? number : fail(`--${name} is ${JSON.stringify(text)}, expected a number above 0`);
}

function fail(message: string): never {
  console.error(`✗ ${message}`);
  process.exit(2);
}
