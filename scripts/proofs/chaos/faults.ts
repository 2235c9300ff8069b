import { closeSync, cpSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openSqlite } from "../../../framework/services/database/sqliteDriver";
import { append } from "./checks/trace";
import { now, pause } from "./clock";
import type { Fleet } from "./fleet";
import { setClock } from "./hosts";
import { killUnstarted, lateNews } from "./loneFaults";
import type { Fault, FaultName } from "./plan";
import type { FaultyProxy } from "./proxy";
import type { Row, Rows } from "./stores/rows";
import type { Store } from "./stores/stores";

/** Everything that a fault can change. */
export interface Battlefield {
  /** The folder for settings and logs. */
  folder: string;
  /** The folder for the store's files. If possible, it is a small disk of its own, which a fault can fill. */
  disk: string;
  trace: string;
  store: Store;
  fleet: Fleet;
}

type Perform = (field: Battlefield, fault: Fault) => Promise<void> | void;

const perform: Record<FaultName, Perform> = {
  kill: (field, fault) => endWorker(field, fault, "SIGKILL"),
  term: (field, fault) => endWorker(field, fault, "SIGTERM"),
  killProducer({ fleet }, { target }) {
    const producer = fleet.find("producer", target);
    if (producer !== undefined) fleet.end(producer, "SIGKILL");
  },
  freeze: freezeWorker,
  freezeLong: freezeWorker,
  async clock({ folder }, { ms, target, force }) {
    const jumps = [-3600, -60, -3, 3, 60, 3600];
    setClock(folder, jumps[Math.floor(force * jumps.length)] as number);
    await pause(ms + target);
    setClock(folder, 0);
  },
  async fullDisk({ disk }, { ms }) {
    const filler = join(disk, "filler");
    fill(filler);
    await pause(ms);
    rmSync(filler);
  },
  async lockFile({ store }, { ms }) {
    const database = openSqlite(store.file as string, { mustExist: true });
    try {
      database.exec("begin immediate");
      await pause(ms);
      database.exec("rollback");
    } catch {
      // Another process holds the lock, or the disk is full. Either way, this fault doesn't happen.
    } finally {
      database.close();
    }
  },
  async crash({ store: { server } }, { ms }) {
    await server?.crash();
    await pause(ms);
    await server?.again();
  },
  rewind: rewindServer,
  disconnect: ({ store }) => store.rows.disconnectAll().catch(() => {}),
  async delay({ fleet }, { ms, force }) {
    const proxies = fleet.proxies("");
    for (const proxy of proxies) proxy.delayMs = 20 + force * 400;
    await pause(ms);
    for (const proxy of proxies) proxy.delayMs = 0;
  },
  cut: (field, { target }) => proxyAt(field, target)?.cut(),
  swallow: swallowAnswers,
  swallowAndKill: (field, fault) => swallowWhile(field, fault, "SIGKILL"),
  swallowAndTerm: (field, fault) => swallowWhile(field, fault, "SIGTERM"),
  lateNews,
  killUnstarted,
  halfOpen: (field, fault) =>
    onProxy(
      field,
      fault,
      (proxy) => proxy.silence(),
      (proxy) => proxy.speak(),
    ),
};

/**
 * The name of what a fault occupies. Faults with the same name never overlap: a rewind and a crash both stop the
 * server.
 */
function placeOf(name: FaultName): string {
  return name === "rewind" ? "crash" : name;
}

/** Carries out the plan. Resolves when every fault has ended. */
export async function carryOut(plan: readonly Fault[], field: Battlefield): Promise<void> {
  const begin = now();
  const busy = new Set<string>();
  const under: Promise<void>[] = [];
  for (const fault of plan) {
    await pause(Math.max(0, begin + fault.at - now()));
    const place = placeOf(fault.name);
    if (busy.has(place)) continue;
    busy.add(place);
    under.push(performOne(fault, field).finally(() => busy.delete(place)));
  }
  await Promise.all(under);
}

async function performOne(fault: Fault, field: Battlefield): Promise<void> {
  const { name, target } = fault;
  const begin = now();
  await perform[name](field, fault);
  // Record when the fault really ended, because a server can take much longer to restart than planned.
  append(field.trace, { what: "fault", fault: name, target: target.toFixed(3), until: now() }, begin);
}

function endWorker({ fleet }: Battlefield, { target }: Fault, signal: NodeJS.Signals): void {
  const worker = fleet.find("worker", target);
  if (worker !== undefined) fleet.end(worker, signal);
}

async function freezeWorker({ fleet }: Battlefield, { target, ms }: Fault): Promise<void> {
  const worker = fleet.find("worker", target);
  if (worker !== undefined) await fleet.freeze(worker, ms);
}

function proxyAt({ fleet }: Battlefield, place: number): FaultyProxy | undefined {
  const proxies = fleet.proxies("");
  return proxies[Math.floor(place * proxies.length)];
}

async function onProxy(
  field: Battlefield,
  { target, ms }: Fault,
  begin: (proxy: FaultyProxy) => unknown,
  end: (proxy: FaultyProxy) => unknown,
): Promise<void> {
  const proxy = proxyAt(field, target);
  if (proxy === undefined) return;
  begin(proxy);
  await pause(ms);
  end(proxy);
}

/** Makes all proxies lose some of the server's replies. */
async function swallowAnswers({ fleet }: Battlefield, { ms, force }: Fault): Promise<void> {
  const proxies = fleet.proxies("");
  for (const proxy of proxies) proxy.lossOfAnswers = 0.03 + force * 0.3;
  await pause(ms);
  for (const proxy of proxies) proxy.lossOfAnswers = 0;
}

async function swallowWhile(field: Battlefield, fault: Fault, signal: NodeJS.Signals): Promise<void> {
  const swallowing = swallowAnswers(field, fault);
  await pause(200);
  endWorker(field, fault, signal);
  await swallowing;
}

/**
 * How long one worker alone can reach the store after a rewind, in milliseconds. A worker that reconnects claims jobs
 * immediately or after its heartbeat, so this is enough for it to claim the new ones.
 */
const headStart = 1200;

async function rewindServer({ store, fleet, trace }: Battlefield, { ms, force }: Fault): Promise<void> {
  const { rows, server } = store;
  const files = await rows.folder?.().catch(() => undefined);
  if (server === undefined || files === undefined) return;
  const copy = `${files}.copy`;
  const last = Math.max(0, ...(await rows.all().catch(() => [])).map(({ id }) => id));
  const from = now();
  cpSync(files, copy, { recursive: true });
  // These jobs are lost in the rewind, and they must still be running when the server comes back.
  fleet.order({ Long: 8 });
  await pause(ms);
  const lost = await untilBegun(rows, last);
  const holder = await busiest(store, fleet, lost);
  await server.crash();
  rmSync(files, { recursive: true });
  renameSync(copy, files);
  append(trace, { what: "rewound", from });
  // Redis gives new jobs the ids of lost ones. To test that, let only the worker that still runs most of the lost jobs
  // claim the new ones at first.
  const proxies = fleet.proxies("worker");
  for (const proxy of proxies) proxy.shut(true);
  try {
    await server.again();
    fleet.order({ Quick: 20 });
    await pause(400 + force * 500);
    holder?.shut(false);
    await pause(headStart);
  } finally {
    for (const proxy of proxies) proxy.shut(false);
  }
}

/** Waits up to 4 seconds until long jobs with an id above `last` are running, and returns them. */
async function untilBegun(rows: Rows, last: number): Promise<Row[]> {
  const isLost = ({ id, type, state }: Row) => id > last && type === "Long" && state === "processing";
  for (const giveUpAt = now() + 4000; ; await pause(50)) {
    const lost = (await rows.all().catch(() => [])).filter(isLost);
    if (lost.length >= 6 || now() > giveUpAt) return lost;
  }
}

/** The proxy of the worker that has claimed most of these jobs. */
async function busiest(
  { rows }: Store,
  fleet: Fleet,
  jobs: readonly Row[],
): Promise<FaultyProxy | undefined> {
  const workers = await rows.workers().catch(() => []);
  const numbers = workers.map(({ id, pid }) => ({
    pid,
    has: jobs.filter(({ worker }) => worker === id).length,
  }));
  const [first] = numbers.toSorted((a, b) => b.has - a.has);
  return fleet.withPid(first?.pid)?.role.proxy;
}

/** Writes to the file until the disk is full. */
function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1) writeUntilFull(handle, Buffer.alloc(size));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function writeUntilFull(handle: number, block: Buffer): void {
  try {
    for (;;) writeSync(handle, block);
  } catch {
    // The disk has no room for a block of this size.
  }
}
