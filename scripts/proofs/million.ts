/*
 * Fills the ledger with a million runs: `npx tsx scripts/proofs/million.ts [RUNS]`. Measures `status` and `runs` with these
 * runs and with a single run, and how long a start takes while runs are pruned. Exits with 1 if a run is not recorded.
 * (Needs python3 to measure.)
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { withLedger } from "../../test/support/ledger";
import { type BenchApp, makeBenchApp } from "../bench/support/benchApp";
import { median } from "../bench/support/pairs";
import { type Cost, cronEnvironment, startProbe } from "../bench/support/probe";

const count = Number(process.argv[2] ?? 1_000_000);
const commands = 50;
const repeats = 7;

const verbs = [
  ["status"],
  ["status", "--json"],
  ["runs"],
  ["runs", "--failed"],
  ["runs", "Command7"],
  ["runs", "Command7", "--failed"],
  ["runs", "--since", "1h"],
];

const app = makeBenchApp(
  Object.fromEntries(
    Array.from({ length: commands }, (_, index) => [
      `commands/Command${index}.ts`,
      `import { command } from "../app/console/command";
export default command({ schedule: "* * * * *", async run() {} });
`,
    ]),
  ),
);
const probe = startProbe();
const dataIn = (name: string) => ({ LAJU_DATA: join(app.root, name) });
try {
  app.laju(["build"]);
  for (const name of ["one", "many"]) app.laju(["run", "Command0"], dataIn(name));
  fill(join(app.root, "many"));
  const { size } = statSync(join(app.root, "many", "runs.sqlite3"));
  console.log(
    `${count} runs of ${commands} commands, ${Math.round(size / 1e6)} MB; times in ms with these runs (with a single run)`,
  );
  for (const verb of verbs) console.log(`  laju ${verb.join(" ").padEnd(24)} ${await timesOf(app, verb)}`);
  await prune(app);
} finally {
  probe.stop();
  app.remove();
}

/** One run per second until now. Every tenth has failed, and every hundredth was skipped. */
function fill(data: string): void {
  const now = Date.now();
  withLedger(data, (ledger) =>
    ledger.exec(`
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})
      INSERT INTO runs (name, host, pid, process, args, started_at, finished_at, state, exit_status, attempt, has_lock)
      SELECT 'Command' || (i % ${commands}), 'host', 1, NULL, '[]',
        ${now} - (${count} - i) * 1000, ${now} - (${count} - i) * 1000 + 400,
        CASE WHEN i % 10 = 3 THEN 'failed' WHEN i % 100 = 7 THEN 'skipped' ELSE 'succeeded' END,
        CASE WHEN i % 10 = 3 THEN 1 ELSE 0 END, 1, 1
      FROM n`),
  );
}

async function timesOf({ root }: BenchApp, verb: string[]): Promise<string> {
  const costs: Record<"one" | "many", Cost[]> = { one: [], many: [] };
  for (let round = 0; round < repeats; round++) {
    for (const name of ["one", "many"] as const) {
      const argv = [process.execPath, "laju.js", ...verb];
      const env = { ...cronEnvironment(), ...dataIn(name) };
      const cost = await probe.run({ argv, cwd: join(root, "build"), env, log: join(root, "verbs.log") });
      // Accept status 1, with which `status` exits if a command has problems.
      if (cost.status > 1) throw new Error(`laju ${verb.join(" ")} ended with status ${cost.status}`);
      costs[name].push(cost);
    }
  }
  const middle = (name: "one" | "many", field: "wall" | "cpu") =>
    Math.round(median(costs[name].map((cost) => cost[field])));
  return (["wall", "cpu"] as const)
    .map((field) => `${field} ${middle("many", field)} (${middle("one", field)})`)
    .join(", ");
}

/** Starts a command repeatedly while most of the ledger is being deleted. */
async function prune({ root }: BenchApp): Promise<void> {
  const alone = await starts(root, () => false, 15);
  const startedAt = Date.now();
  const pruning = spawn(process.execPath, ["laju.js", "runs:prune", "--older-than", "1h"], {
    cwd: join(root, "build"),
    env: { ...process.env, ...dataIn("many") },
    stdio: ["ignore", "inherit", "inherit"],
  });
  let isDone = false;
  const exit = once(pruning, "exit").then(() => {
    isDone = true;
  });
  const beside = await starts(root, () => isDone, Number.POSITIVE_INFINITY);
  await exit;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`Pruned in ${seconds} s. Time of a start:`);
  for (const [what, times] of [
    ["alone", alone],
    ["while pruning", beside],
  ] as const) {
    const [middle, longest] = [median(times), Math.max(...times)].map(Math.round);
    console.log(`  ${what.padEnd(14)} ${middle} ms, at most ${longest} ms (${times.length} starts)`);
  }
}

async function starts(root: string, isDone: () => boolean, most: number): Promise<number[]> {
  const times: number[] = [];
  while (!isDone() && times.length < most) {
    const startedAt = performance.now();
    const child = spawn(process.execPath, ["commands/Command1.js"], {
      cwd: join(root, "build"),
      env: { ...process.env, ...dataIn("many") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    await once(child, "close");
    times.push(performance.now() - startedAt);
    if (!said.includes("not recorded") && !said.includes("skipped")) continue;
    console.log(said.trim());
    process.exitCode = 1;
  }
  return times;
}
