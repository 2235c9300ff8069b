/*
 * Starts one command many times at once: `npx tsx scripts/proofs/starts.ts [STARTS]` (default 200). Exactly one start
 * must run, and all others must be recorded as skipped. Otherwise exits with 1. (CPU time is read from /proc.)
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../framework/runs/ledger/run";
import { until } from "../../test/support/servers/server";
import { type BenchApp, makeBenchApp } from "../bench/support/benchApp";
import { cronEnvironment } from "../bench/support/probe";

const count = Number(process.argv[2] ?? 200);

const app = makeBenchApp({
  "commands/Held.ts": `import { existsSync } from "node:fs";
import { command } from "../app/console/command";
export default command({ schedule: "* * * * *", async run() {
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
} });
`,
});

try {
  app.laju(["build"]);
  const before = await startBare(app);
  const { wall, cpu } = await startAll(app);
  const after = await startBare(app);
  const bare = { wall: (before.wall + after.wall) / 2, cpu: (before.cpu + after.cpu) / 2 };
  const runs: Run[] = JSON.parse(app.laju(["runs", "Held", "--json", "--limit", String(count + 1)]));
  const inState = (state: string) => runs.filter((run) => run.state === state).length;
  const [succeeded, skipped] = [inState("succeeded"), inState("skipped")];
  console.log(`${count} starts: ${succeeded} ran, ${skipped} skipped; ${textOf({ wall, cpu })}`);
  console.log(`the same number of plain "node empty.js" starts, before and after: ${textOf(bare)}`);
  console.log(`ratio: ${(wall / bare.wall).toFixed(2)}, CPU ${(cpu / bare.cpu).toFixed(2)}`);
  if (succeeded !== 1 || skipped !== count - 1 || runs.length !== count) process.exitCode = 1;
} finally {
  app.remove();
}

/** Wall time, and the CPU time of all processes together, in seconds. */
interface Seconds {
  wall: number;
  cpu: number;
}

function textOf({ wall, cpu }: Seconds): string {
  return `${wall.toFixed(1)} s, ${cpu.toFixed(1)} s CPU`;
}

function stopwatch(): () => Seconds {
  const begun = { wall: Date.now() / 1000, cpu: childrensCpu() };
  return () => ({ wall: Date.now() / 1000 - begun.wall, cpu: childrensCpu() - begun.cpu });
}

/**
 * The CPU time of all children that have exited, in seconds. It is in fields 16 and 17 of /proc/self/stat (proc(5)), in
 * ticks of 10 ms.
 */
function childrensCpu(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** What the same number of bare node starts costs. */
async function startBare({ root, write }: BenchApp): Promise<Seconds> {
  write("empty.cjs", "");
  const taken = stopwatch();
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ["empty.cjs"], { cwd: root, env: cronEnvironment(), stdio: "ignore" }),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  return taken();
}

/**
 * Starts the command many times at once. The one that runs waits until the others have exited. Returns what they cost
 * together.
 */
async function startAll({ root, write }: BenchApp): Promise<Seconds> {
  const taken = stopwatch();
  let ended = 0;
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ["commands/Held.js"], {
      cwd: join(root, "build"),
      env: cronEnvironment(),
      stdio: "ignore",
    }),
  );
  const exits = children.map((child) => once(child, "exit").then(() => ended++));
  await until(() => ended >= count - 1, { limit: 300_000, what: "the end of the others" });
  const seconds = taken();
  write("go", "");
  await Promise.all(exits);
  return seconds;
}
