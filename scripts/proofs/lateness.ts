/*
 * Measures how long after its time limit a run ends: `npx tsx scripts/proofs/lateness.ts [RUNS] [BUSY]` (default: 20
 * runs of each kind, next to 8 busy processes). A run has ended when the process that started it sees it exit. Exits
 * with 1 if a run ends more than a second late.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Run } from "../../framework/runs/ledger/run";
import { type BenchApp, makeBenchApp } from "../bench/support/benchApp";
import { median } from "../bench/support/pairs";
import { cronEnvironment } from "../bench/support/probe";

const runs = Number(process.argv[2] ?? 20);
const busy = Number(process.argv[3] ?? 8);
const limitMs = 2_000;

const limited = (body: string) => `import { spawn } from "node:child_process";
import { command } from "../app/console/command";
export default command({ schedule: "* * * * *", timeout: "${limitMs}ms", async run() { ${body} } });
`;
const stubborn = `spawn("sh", ["-c", "trap '' TERM; sleep 60 & wait; sleep 60"], { stdio: "ignore" });`;
const commands = {
  "waits, and exits immediately": [
    "Waits",
    limited("await new Promise((resolve) => setTimeout(resolve, 60_000));"),
  ],
  "blocks its event loop": ["Blocks", limited("for (;;);")],
  "blocks, with children that ignore SIGTERM": ["BlocksAll", limited(`${stubborn} for (;;);`)],
} as const;

const app = makeBenchApp(
  Object.fromEntries(Object.values(commands).map(([name, text]) => [`commands/${name}.ts`, text])),
);
const others: ChildProcess[] = [];
try {
  app.laju(["build"]);
  for (let one = 0; one < busy; one++) others.push(spawn(process.execPath, ["-e", "for (;;);"]));
  console.log(
    `${runs} runs of each kind, next to ${busy} busy processes; milliseconds from the limit to the end`,
  );
  for (const [what, [name]] of Object.entries(commands)) {
    const late = await latenesses(app, name);
    console.log(`  ${what.padEnd(42)} median ${median(late)}, at most ${Math.max(...late)}`);
    if (late.some((one) => one >= 1_000)) process.exitCode = 1;
  }
} finally {
  for (const one of others) one.kill("SIGKILL");
  app.remove();
}

async function latenesses({ root, laju }: BenchApp, name: string): Promise<number[]> {
  const late: number[] = [];
  for (let round = 0; round < runs; round++) {
    const options = { cwd: join(root, "build"), env: cronEnvironment(), stdio: "ignore" } as const;
    const child = spawn(process.execPath, [`commands/${name}.js`], options);
    await once(child, "exit");
    const endedAt = Date.now();
    const [run]: Run[] = JSON.parse(laju(["runs", name, "--json", "--limit", "1"]));
    if (run?.state !== "timed_out") throw new Error(`a run of ${name} is ${run?.state}`);
    late.push(endedAt - run.startedAt - limitMs);
  }
  return late;
}
