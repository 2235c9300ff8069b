import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buildSync } from "esbuild";
import type { AnyJobConfig, CronJobConfig, JobConfig } from "../../../framework/queue/jobConfig";
import { checkLeases } from "./checks/checkLeases";
import { checkOrder } from "./checks/checkOrder";
import { checkRuns } from "./checks/checkRuns";
import { checkFleet, checkStore } from "./checks/checkStore";
import { historyOf } from "./checks/history";
import { readTrace } from "./checks/trace";
import { now, pause } from "./clock";
import { type Battlefield, carryOut } from "./faults";
import { Fleet, type Role } from "./fleet";
import { type Host, hostsOf } from "./hosts";
import { means } from "./means";
import { Observer } from "./observer";
import { type EngineName, planOf } from "./plan";
import { FaultyProxy } from "./proxy";
import { operationsText, planText, verdictText, violationsText } from "./report";
import type { Row } from "./stores/rows";
import { type Store, startStore } from "./stores/stores";

export interface Options {
  engine: EngineName;
  minutes: number;
  seed: number;
  keep: boolean;
}

/**
 * How long the test waits for the next job to finish after the last fault, in milliseconds. If none does, unfinished
 * jobs are violations.
 */
const longestCalm = 120_000;
const leaseMs = 6000;
/** The lease of the "lone" workers, in milliseconds. Some of their heartbeats get late replies. */
const longLeaseMs = 20_000;

/** How fast a SQLite file may grow. On an idle machine with two cores, it grows by half of that. */
const mebibytesPerMinute = 48;

/** Runs the queue under faults and prints a report. Returns whether the queue kept all its guarantees. */
export async function chaos({ engine, minutes, seed, keep }: Options): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "laju-chaos-"));
  const disk = makeDisk(
    join(folder, "disk"),
    engine === "sqlite" ? `${128 + Math.ceil(minutes) * mebibytesPerMinute}m` : "2g",
  );
  // Let the worker that runs as another user read the folder. It could open it anyway, but access(2) would say that it
  // can't.
  chmodSync(folder, 0o755);
  const trace = join(folder, "trace");
  writeFileSync(trace, "");
  const plan = planOf(engine, minutes, seed, means());
  console.log(planText(plan));
  const store = await startStore(engine, disk);
  const fleet = new Fleet(folder, trace);
  const observer = new Observer(store.rows, trace);
  const field: Battlefield = { folder, disk, trace, store, fleet };
  let rows: Row[] = [];
  try {
    await enlist(field, { engine, seed });
    observer.start();
    await untilUnderWay(field);
    await carryOut(plan, field);
    await fleet.stop("producer");
    rows = await untilAllEnded(observer);
    await observer.stop();
  } finally {
    await fleet.stopAll();
    await store.stop();
  }
  const history = historyOf(readTrace(trace));
  const violations = [
    ...checkStore(history, rows, observer.sightings.values()),
    ...checkRuns(history, engine),
    ...checkLeases(history, engine),
    ...checkOrder(history, engine, observer.doubles),
    ...checkFleet(history),
  ];
  console.log(operationsText(history));
  if (violations.length > 0) console.log(violationsText(violations));
  if (keep) console.log(`The trace and the logs are in ${folder}`);
  else removeAll(folder, disk);
  console.log(verdictText(engine, seed, minutes, violations));
  return violations.length === 0;
}

/** Makes a small disk in memory, which a fault can fill. Without root, returns a folder on the machine's own disk. */
function makeDisk(disk: string, size: string): string {
  mkdirSync(disk, { mode: 0o777 });
  if (means().isRoot) execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=777`, "none", disk]);
  return disk;
}

function removeAll(folder: string, disk: string): void {
  if (means().isRoot) execFileSync("umount", ["--lazy", disk]);
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Starts workers on each host (alternately "new" and "old" ones), the "lone" workers, the producers and the repeating
 * jobs.
 */
async function enlist(
  { folder, trace, store, fleet }: Battlefield,
  { engine, seed }: Pick<Options, "engine" | "seed">,
) {
  const [workerProgram, producerProgram] = bundled(folder, ["workerProgram.ts", "producerProgram.ts"]);
  await scheduleChains(store);
  const hosts = hostsOf(engine, folder, means());
  for (const [at, host] of hosts.entries()) {
    const place = await placeBy(store);
    const set = at % 2 === 0 ? "new" : "old";
    const role = { host, program: workerProgram as string, ...place };
    fleet.add({ ...role, name: `worker-${at}-${set}`, options: { set, trace, leaseMs, concurrency: 8 } });
  }
  const host = hosts[0] as Host;
  // SQLite has no server, so no claim can be lost on its way to the worker.
  for (const at of store.server === undefined ? [] : [0, 1]) {
    const options = { set: "lone", trace, leaseMs: longLeaseMs, concurrency: 8 };
    const role = { host, program: workerProgram as string, ...(await placeBy(store)) };
    fleet.add({ ...role, name: `lone-${at}`, options });
  }
  for (const at of [0, 1]) {
    const options = { name: `p${at}`, seed: seed * 100 + at, everyMs: 80, trace };
    const role = { host, program: producerProgram as string, ...(await placeBy(store)) };
    fleet.add({ ...role, name: `producer-${at}`, options });
  }
}

/**
 * Waits until all programs have started working, which takes half a minute on a busy machine. Faults before that would
 * test nothing.
 */
async function untilUnderWay({ store: { rows }, fleet }: Battlefield): Promise<void> {
  const names = fleet.members.map(({ role }) => role.name);
  const workers = names.filter((name) => !name.startsWith("producer")).length;
  for (const giveUpAt = now() + longestCalm; now() < giveUpAt; await pause(200)) {
    const isPushed = (await rows.ofType("Quick")).length > 0;
    if (isPushed && (await rows.workers()).length >= workers) return;
  }
}

/** The URL by which a program reaches the store. If the store is a server, each program has its own proxy to it. */
async function placeBy({ url, server, environment }: Store): Promise<Pick<Role, "environment" | "proxy">> {
  if (server === undefined) return { environment: environment(url) };
  const proxy = new FaultyProxy(url);
  return { environment: environment(await proxy.open()), proxy };
}

/** Bundles each program into one file, because with tsx each of its many starts would take four times as long. */
function bundled(folder: string, names: readonly string[]): string[] {
  symlinkSync(join(import.meta.dirname, "..", "..", "..", "node_modules"), join(folder, "node_modules"));
  return names.map((name) => {
    const outfile = join(folder, `${basename(name, ".ts")}.mjs`);
    const entry = join(import.meta.dirname, name);
    buildSync({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
    });
    return outfile;
  });
}

/** Queues two cron jobs, and two jobs that are queued again whenever they fail. */
async function scheduleChains({ environment, url }: Store): Promise<void> {
  Object.assign(process.env, environment(url));
  // The types come from the app's handlers, which don't include these.
  const { scheduleCronJob, scheduleJob } = await import("../../../framework/queue/Queue");
  const { closeQueue } = await import("../../../framework/queue/engines/select");
  for (const userId of [1, 2]) {
    const cron: AnyJobConfig = { type: "Cron", userId, data: { n: `cron${userId}`, ms: userId * 1200 } };
    await scheduleCronJob(cron as CronJobConfig, "*/2 * * * * *");
    const again = { autoRescheduleOnFailure: true, autoRescheduleOnFailureDelay: 500 };
    const chain: AnyJobConfig = { type: "Chain", userId, data: { n: `chain${userId}`, ms: 5 }, ...again };
    await scheduleJob(chain as JobConfig);
  }
  await closeQueue();
}

/**
 * Waits until all jobs except repeating ones have ended, or none has ended for too long, and returns the store's rows.
 */
async function untilAllEnded(observer: Observer): Promise<Row[]> {
  let giveUpAt = now() + longestCalm;
  let fewest = Number.POSITIVE_INFINITY;
  for (;;) {
    const rows = await observer.look().catch(() => undefined);
    const left = rows?.filter(
      ({ state, isCron, isRescheduled }) => !(isCron || isRescheduled || isEnded(state)),
    ).length;
    if (left !== undefined && left < fewest) {
      fewest = left;
      giveUpAt = now() + longestCalm;
    }
    if (rows !== undefined && (left === 0 || now() > giveUpAt)) return rows;
    await pause(500);
  }
}

function isEnded(state: string): boolean {
  return state === "completed" || state === "failed" || state === "cancelled";
}
