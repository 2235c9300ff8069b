/*
 * Many simultaneous starts of one command: `npx tsx scripts/proofs/starts.ts [STARTS]` (200). One runs, all others are
 * recorded as skipped. Ends with status 1 where that is not so.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Run } from "../../app/runs/run";
import { until } from "../../test/support/server";
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
  const seconds = await startAll(app);
  const bare = (before + (await startBare(app))) / 2;
  const runs: Run[] = JSON.parse(app.laju(["runs", "Held", "--json", "--limit", String(count + 1)]));
  const inState = (state: string) => runs.filter((run) => run.state === state).length;
  const [succeeded, skipped] = [inState("succeeded"), inState("skipped")];
  console.log(`${count} starts: ${succeeded} ran, ${skipped} skipped, ${seconds.toFixed(1)} s`);
  const ratio = (seconds / bare).toFixed(2);
  console.log(
    `as many starts of an empty file by node alone, before and after: ${bare.toFixed(1)} s; ratio ${ratio}`,
  );
  if (succeeded !== 1 || skipped !== count - 1 || runs.length !== count) process.exitCode = 1;
} finally {
  app.remove();
}

/** What as many starts of node itself take, in seconds. */
async function startBare({ root, write }: BenchApp): Promise<number> {
  write("empty.cjs", "");
  const startedAt = Date.now();
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ["empty.cjs"], { cwd: root, env: cronEnvironment(), stdio: "ignore" }),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  return (Date.now() - startedAt) / 1000;
}

/** Starts all at once; the one that runs is let go when the others have ended. Returns how long these took, in seconds. */
async function startAll({ root, write }: BenchApp): Promise<number> {
  const startedAt = Date.now();
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
  const seconds = (Date.now() - startedAt) / 1000;
  write("go", "");
  await Promise.all(exits);
  return seconds;
}
