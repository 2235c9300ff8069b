/*
 * Measures the dashboard with 500 commands and a million runs: `npx tsx scripts/bench/dashboard.ts [RUNS]`. Prints how
 * long it takes to start and to send the first byte of the first page, how much it sends, and how much memory it uses.
 * Also measures a bare start of node, because the machine may be busy.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { hasChromium, startBrowser } from "../../test/support/dashboard/browser";
import { type Serving, serveApp, signedIn } from "../../test/support/dashboard/serving";
import { withLedger } from "../../test/support/ledger";
import { type BenchApp, makeBenchApp } from "./support/benchApp";
import { median } from "./support/pairs";

const count = Number(process.argv[2] ?? 1_000_000);
const commands = 500;
const repeats = 9;
const otherPages = [
  ...[
    "runs",
    "runs?name=Command3&result=failed",
    "commands/Command3",
    "commands/Command3?days=90",
    "runs/999999",
  ],
  ...["queue", "?tag=t1", "metrics", "api/status", "api/timeline"],
];

const source = (index: number) => `import { command } from "../app/console/command";
export default command({
  description: "What command ${index} does for the shop",
  schedule: "${index % 60} ${index % 3 === 0 ? index % 24 : "*"} * * *",
  tags: ["t${index % 7}"],
  async run() {},
});
`;
const app = makeBenchApp(
  Object.fromEntries(
    Array.from({ length: commands }, (_, index) => [`commands/Command${index}.ts`, source(index)]),
  ),
);
try {
  app.laju(["build"]);
  app.laju(["run", "Command0"]);
  fill(app);
  await measure(app);
} finally {
  app.remove();
}

async function measure({ root }: BenchApp): Promise<void> {
  say("a bare start of node", bareStart());
  const starts: number[] = [];
  for (let round = 0; round < 3; round++) {
    const startedAt = performance.now();
    const one = await serveApp({ root });
    starts.push(performance.now() - startedAt);
    await one.stop();
  }
  say("it listens after", median(starts));
  const serving = await serveApp({ root });
  await measurePages(serving);
  if (hasChromium) await measureBrowser(serving);
  sayMemory(serving);
  await serving.stop();
}

async function measurePages(serving: Serving): Promise<void> {
  const get = await signedIn(serving);
  const times: number[] = [];
  const cpuBefore = cpuMs(serving);
  let size = 0;
  for (let round = 0; round <= repeats; round++) {
    const askedAt = performance.now();
    const answer = await get("", { headers: { "accept-encoding": "gzip" } });
    if (round === 0) say("first byte, first time", performance.now() - askedAt);
    else times.push(performance.now() - askedAt);
    size = (await answer.text()).length;
  }
  say("first byte, later", median(times));
  say("CPU time of a page", (cpuMs(serving) - cpuBefore) / (repeats + 1));
  const zipped = gzipSync(await (await get("")).text()).length;
  console.log(`the page: ${Math.round(size / 1000)} kB, ${Math.round(zipped / 1000)} kB sent`);
  for (const path of otherPages) await (await get(path)).text();
}

/** The time from the start of the navigation until the page's script has run, in milliseconds. */
async function measureBrowser({ url, base }: Serving): Promise<void> {
  const { browser, close } = await startBrowser();
  const page = await browser.newPage();
  await page.goto(url);
  const times: number[] = [];
  for (let round = 0; round < repeats; round++) {
    await page.goto(base);
    times.push(await page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"));
  }
  await close();
  say("interactive in Chromium", median(times));
}

/**
 * The dashboard's memory. Resident memory includes node's own program, which all node processes share. The proportional
 * set size divides it among them.
 */
function sayMemory({ process: { pid } }: Serving): void {
  const mib = (file: string, name: string) =>
    Math.round(
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))?.[1]) /
        1024,
    );
  const [now, most, own] = [mib("status", "VmRSS"), mib("status", "VmHWM"), mib("smaps_rollup", "Pss")];
  console.log(`memory: ${now} MiB resident, ${most} at most; ${own} proportional`);
}

function cpuMs({ process: { pid } }: Serving): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

function say(what: string, ms: number): void {
  console.log(`${what.padEnd(26)} ${Math.round(ms)} ms`);
}

function bareStart(): number {
  const times = Array.from({ length: repeats }, () => {
    const startedAt = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    return performance.now() - startedAt;
  });
  return median(times);
}

/** One run per second until now. Every tenth has failed, and every hundredth was skipped. */
function fill({ root }: BenchApp): void {
  const now = Date.now();
  withLedger(join(root, "data"), (ledger) =>
    ledger.exec(`
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})
      INSERT INTO runs (name, host, pid, process, args, started_at, finished_at, state, exit_status, attempt, has_lock)
      SELECT 'Command' || (i % ${commands}), 'host', 1, NULL, '[]', ${now} - (${count} - i) * 1000,
        ${now} - (${count} - i) * 1000 + 400 + (i * 7919 % 9000),
        CASE WHEN i % 10 = 3 THEN 'failed' WHEN i % 100 = 7 THEN 'skipped' ELSE 'succeeded' END,
        CASE WHEN i % 10 = 3 THEN 1 ELSE 0 END, 1, 1
      FROM n`),
  );
}
