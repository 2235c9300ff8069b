/*
 * Compares the queue with others, all on the same machine in one run: `npm run bench:queue`.
 *   --jobs N      jobs per measurement (default 50000)
 *   --rounds N    the tables show medians of that many rounds (default 3)
 *   --only a,b    only these: drain, beside, flood, pick, takeover; or sqlite, postgresql, mariadb, redis
 *   --peers       also installs other queues (scripts/bench/queue/package.json) and measures them
 * The machine should be otherwise idle.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { median } from "../support/pairs";
import { type Case, cases, type Measured } from "./cases";
import { start } from "./child";
import { freshDatabase, installPeers, type System, systems } from "./systems";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    peers: { type: "boolean", default: false },
  },
});
const only = values.only.split(",").filter(Boolean);
const picked = <T>(list: T[], key: (one: T) => string) => {
  const found = list.filter((one) => only.includes(key(one)));
  return found.length === 0 ? list : found;
};
const chosenCases = picked(cases, ({ key }) => key);
const chosen = picked(systems, ({ on }) => on.toLowerCase()).filter(
  ({ label }) => values.peers || label === "laju",
);

if (values.peers) installPeers();
const table = new Map<System, Map<Case, string>>(chosen.map((system) => [system, new Map()]));
for (const one of chosenCases) await measureCase(one);
print();

/** Measures all systems in each round, so that other load on the machine affects all of them alike. */
async function measureCase(one: Case): Promise<void> {
  const results = new Map<System, Measured[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const system of chosen) {
      const measured = await measure(system, one).catch((error) => problem(system, one, error));
      if (measured !== undefined) results.set(system, [...(results.get(system) ?? []), measured]);
    }
  }
  for (const [system, list] of results) {
    const value = median(list.map((each) => each.value));
    const { text } = list.find((each) => each.value === value) as Measured;
    const ours = chosen.find(({ on, label }) => on === system.on && label === "laju");
    const base =
      ours && ours !== system ? median((results.get(ours) ?? []).map((each) => each.value)) : undefined;
    const ratio = base === undefined || Number.isNaN(base) ? "" : ` · laju ${ratioText(one, base, value)}`;
    table.get(system)?.set(one, text + ratio);
  }
}

function ratioText({ more }: Case, ours: number, theirs: number): string {
  return `${(more ? ours / theirs : theirs / ours).toFixed(1)}×`;
}

async function measure(system: System, one: Case): Promise<Measured | undefined> {
  const database = await freshDatabase(system);
  if (database === undefined) return undefined;
  try {
    const place = { adapter: system.adapter, url: database.url };
    await start({ ...place, mode: "prepare", count: 0 }).end;
    return await one.run(place, Number(values.jobs));
  } finally {
    await database.stop();
  }
}

function problem(system: System, one: Case, error: Error): undefined {
  const isUnbuilt = error.message.includes("does not work on");
  if (!isUnbuilt) console.error(`${system.label} on ${system.on}, ${one.key}: ${error.message}`);
  table.get(system)?.set(one, isUnbuilt ? "not built yet" : "failed");
}

function print(): void {
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(
    `\nNode ${process.version}, ${values.jobs} jobs, medians of ${values.rounds}, load ${load.join(" ")}\n`,
  );
  for (const one of chosenCases) {
    console.log(`| ${one.label} | |\n|-|-|`);
    for (const [system, row] of table) {
      console.log(`| ${system.label} (${system.on}) | ${row.get(one) ?? "no server"} |`);
    }
    console.log("");
  }
}
