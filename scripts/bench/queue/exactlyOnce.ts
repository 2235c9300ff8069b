/*
 * Checks that eight processes run each of 160,000 jobs exactly once: `npx tsx scripts/bench/queue/exactlyOnce.ts`.
 *   --jobs N    (default 160000)
 *   --on X      sqlite (default), postgresql, mariadb or redis (BullMQ)
 *   --kill      kills a random worker (SIGKILL) every half second and starts another: jobs may then run again
 *   --crash     kills the server after a quarter of the jobs, and restarts it after three seconds
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Child, start } from "./child";
import { type Database, freshDatabase, systems } from "./systems";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "160000" },
    on: { type: "string", default: "sqlite" },
    kill: { type: "boolean", default: false },
    crash: { type: "boolean", default: false },
  },
});
const system = systems.find(({ label, on }) => label === "laju" && on.toLowerCase() === values.on);
const database = system && (await freshDatabase(system, values.crash));
if (database === undefined) throw new Error(`no queue on ${values.on}`);
const count = Number(values.jobs);
const folder = mkdtempSync(join(tmpdir(), "laju-once-"));
const trace = join(folder, "trace");
writeFileSync(trace, "");
const place = { adapter: "laju.ts", url: database.url };
const worker = () => start({ ...place, mode: "drain", count: Number.MAX_SAFE_INTEGER, trace });

await start({ ...place, mode: "prepare", count: 0 }).end;
await start({ ...place, mode: "fill", count }).end;
const workers: Child[] = Array.from({ length: 8 }, worker);
let killed = 0;
if (values.crash) await crashServer(database);
while (distinct().size < count) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (values.kill) killOne();
}
for (const { process } of workers) process.kill("SIGTERM");
await Promise.all(workers.map(({ end }) => end));
await database.stop();
const runs = lines().length;
console.log(
  `${count} jobs, ${distinct().size} ran, ${runs} runs, ${runs - count} repeated, ${killed} workers killed`,
);
rmSync(folder, { recursive: true, force: true });

async function crashServer({ crash, again }: Database): Promise<void> {
  if (crash === undefined || again === undefined) throw new Error(`no server to crash on ${values.on}`);
  while (distinct().size < count / 4) await new Promise((resolve) => setTimeout(resolve, 50));
  await crash();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await again();
}

function killOne(): void {
  const index = Math.floor(Math.random() * workers.length);
  workers[index]?.process.kill("SIGKILL");
  workers[index] = worker();
  killed++;
}

function lines(): string[] {
  return readFileSync(trace, "utf8").trimEnd().split("\n").filter(Boolean);
}

function distinct(): Set<string> {
  return new Set(lines().map((line) => line.split(" ", 1)[0] as string));
}
