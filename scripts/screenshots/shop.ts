import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { withLedger } from "../../test/support/ledger";
import { type BenchApp, makeBenchApp } from "../bench/support/benchApp";
import { seeded } from "../seeded";

/** A command of the example shop, and how its runs went. */
interface ShopCommand {
  schedule: string;
  description: string;
  tags?: string[];
  /** How long a run usually takes and how often one starts, in milliseconds. */
  tookMs: number;
  everyMs: number;
  /** Which share of the runs fails, from 0 to 1, and with which error. */
  fails?: number;
  error?: string;
  more?: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const commands: Record<string, ShopCommand> = {
  SyncExternalData: {
    ...{ schedule: "*/15 * * * *", description: "Copy the partner's products", tags: ["sync"] },
    ...{ tookMs: 45_000, everyMs: 15 * minute },
  },
  ImportPrices: {
    ...{
      schedule: "5 * * * *",
      description: "Import the price list",
      tags: ["sync"],
      tookMs: 21_000,
      everyMs: hour,
    },
    error: "Error: connect ECONNREFUSED 10.0.0.7:443\n    at fetchPrices (commands/ImportPrices.ts:18:11)",
  },
  SendDailyDigest: {
    ...{
      schedule: "0 8 * * *",
      description: "Email yesterday's posts",
      tags: ["mail"],
      tookMs: 12_400,
      everyMs: day,
    },
    ...{ fails: 0.04, error: "Error: 421 too many connections\n    at send (app/services/Digest.ts:40:9)" },
    more: `options: { dry: { type: "boolean", description: "Print the mails instead of sending them" }, since: { type: "string", default: "1d", description: "Posts since then" }, password: { type: "string", sensitive: true, description: "Of the mailbox" } },`,
  },
  BackupDatabase: {
    ...{
      schedule: "30 1 * * *",
      description: "Encrypted backup",
      tags: ["care"],
      tookMs: 95_000,
      everyMs: day,
    },
  },
  CleanupOldData: {
    ...{
      schedule: "0 2 * * *",
      description: "Delete old sessions",
      tags: ["care"],
      tookMs: 3_100,
      everyMs: day,
    },
  },
  PublishScheduledPosts: {
    ...{ schedule: "*/5 * * * *", description: "Publish posts whose time has come", tags: ["web"] },
    ...{ tookMs: 640, everyMs: 5 * minute, fails: 0.02, error: "SqliteError: database is locked" },
  },
  WarmCache: {
    ...{ schedule: "*/10 * * * *", description: "Fill the cache for the front page", tags: ["web"] },
    ...{ tookMs: 2_900, everyMs: 10 * minute },
  },
  "reports/Monthly": {
    ...{ schedule: "0 6 1 * *", description: "Revenue by product, as a PDF", tags: ["mail"] },
    ...{ tookMs: 4 * minute, everyMs: 30 * day },
  },
  "reports/Weekly": {
    ...{
      schedule: "0 6 * * 1",
      description: "Orders of the week",
      tags: ["mail"],
      tookMs: 31_000,
      everyMs: 7 * day,
    },
  },
  ReindexSearch: {
    ...{ schedule: "0 3 * * *", description: "Rebuild the search index", tags: ["web", "care"] },
    ...{ tookMs: 14 * minute, everyMs: day },
  },
  ArchiveOrders: {
    ...{ schedule: "0 4 * * 0", description: "Move old orders to cold storage", tags: ["care"] },
    ...{ tookMs: 7 * minute, everyMs: 7 * day, more: "enabled: false," },
  },
  LoadTestData: {
    ...{ schedule: "0 5 * * *", description: "Refill the staging shop", tags: ["care"] },
    ...{ tookMs: 51_000, everyMs: day, more: 'environments: ["staging"],' },
  },
};

/** Creates the build and the runs of an example shop on a bad day. */
export function makeShop(now = Date.now()): BenchApp {
  const exports = ["commands/ExportOrders.ts", exportSource] as const;
  const files = Object.entries(commands).map(([name, command]) => [
    `commands/${name}.ts`,
    sourceOf(name, command),
  ]);
  const jobs = ["SendInvoice", "ResizeImage", "Nightly"].map((name) => [
    `app/jobs/${name}.ts`,
    jobSource.replace("NAME", name),
  ]);
  const app = makeBenchApp(Object.fromEntries([...files, ...jobs, exports]), process.execPath, "shop");
  app.write(".env", "NODE_ENV=production\n");
  app.laju(["build"]);
  app.laju(["migrate"]);
  app.laju(["run", "WarmCache"]);
  fill(app, now);
  startExport(app);
  fillQueue(app);
  return app;
}

const exportSource = `import { setTimeout } from "node:timers/promises";
import { command } from "../app/console/command";
export default command({
  description: "Hand the orders to the accountants",
  async run({ log }) {
    for (let page = 1; page <= 600; page++) {
      if (page % 5 === 4) log.warn("Slow answer", { page, ms: 900 + page });
      else log.info("Page written", { page, orders: 25, file: "orders-" + page + ".csv" });
      if (page % 9 === 0) console.log("\\u001b[32mchecksum ok\\u001b[0m page " + page);
      await setTimeout(page < 60 ? 5 : 1_500);
    }
  },
});
`;

const jobSource = `import { job } from "app/queue/job";
export default job("NAME", { attempts: 3, async run() {} });
`;

function sourceOf(name: string, { schedule, description, tags = [], more = "" }: ShopCommand): string {
  const up = name.includes("/") ? "../../" : "../";
  return `import { command } from "${up}app/console/command";
export default command({
  schedule: ${JSON.stringify(schedule)},
  description: ${JSON.stringify(description)},
  tags: ${JSON.stringify(tags)},
  ${more}
  async run({ log }) {
    log.info("done");
  },
});
`;
}

interface Row {
  name: string;
  at: number;
  end: number | null;
  state: string;
  error: string | null;
}

function fill({ root }: BenchApp, now: number): void {
  const random = seeded(20261130);
  const rows = Object.entries(commands).flatMap(([name, command]) => runsOf(name, command, now, random));
  rows.sort((a, b) => a.at - b.at);
  withLedger(join(root, "data"), (ledger) => {
    ledger.exec("DELETE FROM runs");
    const insert = ledger.prepare(
      `INSERT INTO runs (name, host, pid, process, args, started_at, finished_at, duration, state, exit_status, error,
         message, processed, attempt, has_lock, key)
       VALUES (?, ?, ?, ?, '[]', ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?)`,
    );
    ledger.transaction(() => {
      rows.forEach((row, index) => {
        const isRunning = row.state === "running";
        const processed =
          row.state === "succeeded" && row.name === "SyncExternalData" ? 1_800 + (index % 90) : null;
        const message =
          row.state === "skipped"
            ? "still running since earlier"
            : processed === null
              ? null
              : "Products copied";
        insert.run(
          ...[row.name, process.env.SHOP_HOST ?? "web-1", process.pid, null, row.at, row.end],
          ...[
            row.end === null ? null : row.end - row.at,
            row.state,
            row.state === "succeeded" ? 0 : isRunning ? null : 1,
          ],
          ...[row.error, message, processed, `k${index.toString(36)}`],
        );
      });
    })();
  });
}

function runsOf(name: string, command: ShopCommand, now: number, random: () => number): Row[] {
  const { tookMs, everyMs, fails = 0, error = null, more = "" } = command;
  if (more.includes("staging")) return [];
  const first = Math.ceil((now - Math.min(14 * day, everyMs * 400)) / everyMs) * everyMs;
  const rows: Row[] = [];
  for (let at = first; at < now - tookMs * 2; at += everyMs) {
    const isBad = name === "ImportPrices" ? at > now - 4.2 * hour : random() < fails;
    const took = Math.round(tookMs * (0.85 + random() * 0.3 + (random() > 0.97 ? 1.2 : 0)));
    const isSkipped = name === "SyncExternalData" && random() < 0.02;
    rows.push({
      ...{ name, at: at + Math.round(random() * 900) },
      end: at + 950 + (isSkipped ? 5 : isBad ? Math.round(took / 6) : took),
      state: isSkipped ? "skipped" : isBad ? "failed" : "succeeded",
      error: isBad ? error : null,
    });
  }
  if (name === "SyncExternalData") {
    rows.push({ name, at: now - 161_000, end: null, state: "running", error: null });
  }
  return rows;
}

/** Starts a run as cron would. It takes a while and logs its progress. */
function startExport({ root }: BenchApp): void {
  const file = join(root, "logs", "ExportOrders.log");
  mkdirSync(join(root, "logs"), { recursive: true });
  const log = openSync(file, "a");
  spawn(process.execPath, ["commands/ExportOrders.js"], {
    cwd: join(root, "build"),
    detached: true,
    stdio: ["ignore", log, log],
  }).unref();
}

/** Runs a program in a separate process, because it must import the app in LAJU_ROOT. */
function fillQueue({ root }: BenchApp): void {
  const project = join(import.meta.dirname, "..", "..");
  const tsx = join(project, "node_modules", ".bin", "tsx");
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, LAJU_ROOT: root, WORKER_PID: String(process.pid) };
  const filled = spawnSync(tsx, [join(import.meta.dirname, "fillQueue.ts")], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  if (filled.status !== 0) throw new Error(filled.stderr);
}
