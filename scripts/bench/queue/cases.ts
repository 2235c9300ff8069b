import { type Child, start } from "./child";
import type { Task } from "./program";

/** One measurement, on an empty database. The table shows `text`; ratios are computed from `number`. */
export interface Case {
  key: string;
  label: string;
  /** Whether a higher number is better. */
  more: boolean;
  run(place: Place, count: number): Promise<Measured>;
}

export interface Place {
  adapter: string;
  url: string;
}

export interface Measured {
  value: number;
  text: string;
}

const round = (value: number) => Math.round(value).toLocaleString("en-US");
const short = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

export const cases: Case[] = [
  {
    key: "drain",
    label: "Drained by one process, jobs/s (per CPU second)",
    more: true,
    async run(place, count) {
      await whole({ ...place, mode: "fill", count });
      const { wallMs, cpuMs } = await whole({ ...place, mode: "drain", count });
      return rate(count, wallMs, ` (${round((count / cpuMs) * 1000)})`);
    },
  },
  {
    key: "beside",
    label: "Drained while a web process inserts every 2 ms, jobs/s (its inserts, ms p99; p50, max)",
    more: true,
    run: beside,
  },
  {
    key: "flood",
    label: "32 concurrent single pushes, pushes/s",
    more: true,
    async run(place, count) {
      const { wallMs } = await whole({ ...place, mode: "flood", count: Math.ceil(count / 5), inFlight: 32 });
      return rate(Math.ceil(count / 5), wallMs);
    },
  },
  {
    key: "pick",
    label: "Started after its push in another process, ms p50 (p99; later than 500 ms)",
    more: false,
    async run(place) {
      const count = 400;
      const worker = start({ ...place, mode: "pick", count });
      await worker.told("working");
      await whole({ ...place, mode: "trickle", count, everyMs: 15 });
      const { p50, p99, late } = await finished(worker);
      return { value: p50, text: `${short(p50)} (${short(p99)}; ${late} of ${count})` };
    },
  },
  { key: "takeover", label: "Restarted after kill -9 of its worker, s", more: false, run: takeOver },
];

async function beside(place: Place, count: number): Promise<Measured> {
  await whole({ ...place, mode: "fill", count });
  const web = start({ ...place, mode: "trickle", count: 1_000_000, everyMs: 2 });
  await web.told("working");
  const { wallMs } = await whole({ ...place, mode: "drain", count });
  web.process.kill("SIGTERM");
  const { p50, p99, max } = await finished(web);
  return rate(count, wallMs, ` (${short(p99)}; ${short(p50)}, ${short(max)})`);
}

/** How long to wait for another worker to take over a job, in milliseconds. Some queues take minutes or hours. */
const patience = 15_000;

async function takeOver(place: Place): Promise<Measured> {
  const doomed = start({ ...place, mode: "hold", count: 1 });
  await doomed.told("working");
  await whole({ ...place, mode: "fill", count: 1 });
  await doomed.told("begun");
  const other = start({ ...place, mode: "hold", count: 1 });
  await other.told("working");
  const killedAt = Date.now();
  doomed.process.kill("SIGKILL");
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined));
  const fact = await Promise.race([other.told("begun"), late]);
  other.process.kill("SIGKILL");
  await other.end;
  if (fact === undefined) return { value: patience / 1000, text: `more than ${patience / 1000}` };
  const seconds = (fact.begun - killedAt) / 1000;
  return { value: seconds, text: seconds.toFixed(2) };
}

function rate(count: number, wallMs: number, more = ""): Measured {
  const value = (count / wallMs) * 1000;
  return { value, text: round(value) + more };
}

function whole(task: Task) {
  return finished(start(task));
}

async function finished(child: Child) {
  const fact = await child.end;
  return fact as NonNullable<typeof fact>;
}
