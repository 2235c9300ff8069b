/*
 * Lets the real cron daemon start 500 commands in one minute: `npx tsx scripts/bench/cron500.ts [COMMANDS]`, as root on
 * Debian. (The daemon runs in a private mount namespace and doesn't touch the machine's crontabs.) Prints when the last
 * command started and ended, how much CPU time and memory all of them took, and whether each run is in the ledger.
 */
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { startCron } from "../../test/support/crontab/cron";
import { withLedger } from "../../test/support/ledger";
import { until } from "../../test/support/servers/server";
import { type BenchApp, makeBenchApp } from "./support/benchApp";
import { median } from "./support/pairs";

const count = Number(process.argv[2] ?? 500);
const settleMs = 180_000;

/** The state of the whole machine: busy and total clock ticks, memory in use in MiB, processes waiting for a CPU. */
interface Sample {
  at: number;
  busy: number;
  total: number;
  memory: number;
  waiting: number;
}

interface Row {
  name: string;
  started_at: number;
  finished_at: number | null;
  state: string;
}

const app = makeBenchApp(commandsOf(count));
const cron = await startCron({ daemon: true });
try {
  app.laju(["build"]);
  app.laju(["migrate"]);
  // Run a command before the measurement, because the first run creates the ledger's tables.
  app.laju(["run", "Warm"]);
  const before = sample();
  app.laju(["crontab:install", "--yes"], { PATH: `${cron.bin}:${process.env.PATH}` });
  const samples: Sample[] = [];
  await until(
    () => {
      samples.push(sample());
      return readRuns(app).length > 0;
    },
    { limit: settleMs, what: "the first run" },
  );
  await until(
    () => {
      samples.push(sample());
      return endedIn(readRuns(app)) >= count;
    },
    { limit: settleMs, what: "the last run's end" },
  );
  cron.crontab(["-r"]);
  report(readRuns(app), samples, before);
} finally {
  await cron.stop();
  app.remove();
}

function commandsOf(number: number): Record<string, string> {
  const names = Array.from({ length: number }, (_, index) => `Command${index}`);
  const files = names.map((name, index) => [`commands/${name}.ts`, text(name, index)] as const);
  return {
    ...Object.fromEntries(files),
    "commands/Warm.ts": text("Warm", 1).replace(/ {2}schedule.*\n/, ""),
  };
}

/** The commands. Half of them only log; the others also query through knex. */
function text(name: string, index: number): string {
  const query = index % 2 === 0;
  return `import { command } from "../app/console/command";
${query ? 'import DB from "../app/services/DB";' : ""}
import { logInfo } from "../app/services/Logger";
export default command({
  description: "${name}",
  schedule: "* * * * *",
  async run() {
    logInfo("Started");
    ${query ? 'logInfo("Rows", await DB("users").count("* as rows").first());' : ""}
    logInfo("Done");
  },
});
`;
}

/** The runs that cron started in its first minute. */
function readRuns({ root }: BenchApp): Row[] {
  return withLedger(join(root, "data"), (ledger) => {
    const rows = ledger.prepare("SELECT * FROM runs WHERE name <> 'Warm' ORDER BY started_at").all() as Row[];
    const minute = Math.floor((rows[0]?.started_at ?? 0) / 60_000);
    const seen = new Set<string>();
    // Count one row per command. If all runs together take longer than a minute, cron has started some commands again.
    return rows.filter(({ name, started_at }) => {
      const isFirst = !seen.has(name) && started_at < (minute + 3) * 60_000;
      seen.add(name);
      return isFirst;
    });
  });
}

function endedIn(rows: Row[]): number {
  return rows.filter(({ finished_at }) => finished_at !== null).length;
}

function report(rows: Row[], samples: Sample[], before: Sample): void {
  const minute = Math.floor((rows[0]?.started_at ?? 0) / 60_000) * 60_000;
  const lateness = rows.map(({ started_at }) => (started_at - minute) / 1000);
  const lastEnd = Math.max(...rows.map(({ finished_at }) => finished_at ?? 0));
  const during = samples.filter(({ at }) => at >= minute && at <= lastEnd + 100);
  const [first, last] = [during[0], during.at(-1)];
  const ticks = (last?.busy ?? 0) - (first?.busy ?? 0);
  const succeeded = rows.filter(({ state }) => state === "succeeded").length;
  const lines = logLines(app);
  const facts = {
    "commands, processors": `${count}, ${cpus().length}`,
    "in the ledger as succeeded": `${succeeded} of ${count}`,
    "lines in their logs": `${lines.found} of ${lines.expected}`,
    "started after the minute, median": `${median(lateness).toFixed(1)} s`,
    "started after the minute, last": `${Math.max(...lateness).toFixed(1)} s`,
    "all ended after the minute": `${((lastEnd - minute) / 1000).toFixed(1)} s`,
    "processor time for each": `${((ticks * 10) / count).toFixed(0)} ms`,
    "memory in use, most above before": `${(Math.max(...during.map(({ memory }) => memory)) - before.memory).toFixed(0)} MiB`,
    "processes waiting for a processor, most": `${Math.max(...during.map(({ waiting }) => waiting))}`,
  };
  console.log("| fact | |\n| --- | --- |");
  for (const [fact, value] of Object.entries(facts)) console.log(`| ${fact} | ${value} |`);
}

/** How many lines the logs must have: two per command, three for those that query. */
function logLines({ root }: BenchApp): { found: number; expected: number } {
  const files = readdirSync(join(root, "logs")).filter((file) => /^Command\d+\.log$/.test(file));
  const expected = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 3 : 2));
  const found = files.map((file) => {
    const lines = readFileSync(join(root, "logs", file), "utf8")
      .split("\n")
      .filter(Boolean);
    return Math.min(lines.length, expected[Number(/\d+/.exec(file)?.[0])] ?? 0);
  });
  return { found: sum(found), expected: sum(expected) };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sample(): Sample {
  const stat = readFileSync("/proc/stat", "utf8");
  const ticks = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? "").split(" ").map(Number);
  const [idle = 0, iowait = 0] = ticks.slice(3, 5);
  const total = sum(ticks.slice(0, 8));
  const kib = (name: string) =>
    Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);
  return {
    at: Date.now(),
    busy: total - idle - iowait,
    total,
    memory: (kib("MemTotal") - kib("MemAvailable")) / 1024,
    waiting: Number(/^procs_running (\d+)/m.exec(stat)?.[1]),
  };
}
