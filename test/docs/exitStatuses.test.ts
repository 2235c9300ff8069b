import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../support/crontab/fakeCrontab";
import { readPage } from "../support/docs/pages";

const command = (body: string, meta = "") => `import { command } from "../app/console/command";
export default command({ ${meta} async run(): Promise<any> { ${body} } });
`;
const forever = "await new Promise((resolve) => setTimeout(resolve, 60_000));";
const files = {
  "commands/Fine.ts": command(""),
  "commands/Scheduled.ts": command("", 'schedule: "0 5 1 1 *",'),
  "commands/Throws.ts": command('throw new Error("no");'),
  "commands/Counts.ts": command("return { failed: 1 };"),
  "commands/Uncaught.ts": command(
    'setTimeout(() => { throw new Error("no"); }, 1); await new Promise(() => {});',
  ),
  "commands/Rejects.ts": command(`void Promise.reject(new Error("no")); ${forever}`),
  "commands/Waits.ts": command("await new Promise(() => {});"),
  "commands/TimesOut.ts": command(forever, 'timeout: "1s",'),
  "commands/Blocks.ts": command("for (;;);", 'timeout: "1s",'),
  "commands/Long.ts": command(forever, 'schedule: "0 5 1 1 *",'),
  "commands/Option.ts": command("", 'options: { days: { type: "string" } },'),
  "commands/Script.ts": "console.log(1); process.exit(Number(process.argv[2] ?? 0));",
};

/** Starts Long twice. The second start is skipped, because the first one holds the lock. */
const twice =
  "node build/commands/Long.js & while [ ! -e data/locks/Long.lock ]; do sleep 0.1; done; node build/commands/Long.js; status=$?; kill -KILL $!; exit $status";
const interrupted = (signal: string) =>
  `timeout --preserve-status -s ${signal} 3 node build/commands/Long.js`;

/**
 * Each case: the first cell of a row on the page, words in that row, a command line that shows what they mean, and its
 * exit status.
 */
const cases: [row: string, words: string, line: string, status: number][] = [
  ["0", "`run` returned", "node build/commands/Fine.js", 0],
  ["0", "a script ended by itself", "node build/commands/Script.js", 0],
  ["0", "the run was skipped", twice, 0],
  ["1", "`run` threw", "node build/commands/Throws.js", 1],
  ["1", "returned `failed` above 0", "node build/commands/Counts.js", 1],
  ["1", "an uncaught error", "node build/commands/Uncaught.js", 1],
  ["1", "unhandled rejection", "node build/commands/Rejects.js", 1],
  ["1", "an invalid setting", "LOG_LEVEL=loud node build/commands/Fine.js", 1],
  ["1", "something that can never happen", "node build/commands/Waits.js", 1],
  ["1", "[written by another build]", "LAJU_ENTRY=gone node build/commands/Scheduled.js", 1],
  ["2", "an unknown option", "node build/commands/Fine.js --nonsense", 2],
  ["2", "an option without its value", "node build/commands/Option.js --days", 2],
  ["124", "[time limit]", "node build/commands/TimesOut.js", 124],
  ["128 + n", "143 for SIGTERM", interrupted("TERM"), 143],
  ["128 + n", "130 for SIGINT", interrupted("INT"), 130],
  ["128 + n", "137 for SIGKILL", interrupted("KILL"), 137],
  ["128 + n", "had to be killed also has 137", "node build/commands/Blocks.js", 137],
  ["any other", "`process.exit(n)`", "node build/commands/Script.js 7", 7],
  ["0", "Done", "node laju list", 0],
  ["1", "Something failed", "DATABASE_URL=file:/proc/none node laju migrate", 1],
  ["2", "an unknown verb", "node laju lst", 2],
  ["2", "option", "node laju list --nonsense", 2],
  ["2", "name", "node laju show Nothing", 2],
  ["2", "an invalid schedule", 'node laju explain "0 8 * *"', 2],
  ["`run X`", "The status of X", "node laju run Script -- 7", 7],
  ["`run X`", "124 whenever it timed out", "node laju run Blocks", 124],
  ["`run X`", "1 if any failed", "node laju run Fine TimesOut", 1],
  ["`status --check`", "1 if anything needs attention", "node laju status --check", 1],
  ["`doctor`", "1 if anything is bad", "LOG_LEVEL=loud node laju doctor", 1],
  ["`crontab:check`", "1 unless the installed entries match", "node laju crontab:check", 1],
  ["`crontab:install`", "0 once the entries are installed", "node laju crontab:install --yes", 0],
  [
    "`build`",
    "1 if a file has errors. The other files are built",
    "echo 'export const meta = {' > commands/Bad.ts; node laju build; status=$?; rm commands/Bad.ts; exit $status",
    1,
  ],
  ["`monitor`", "Failing commands don't count", "node laju monitor", 0],
  [
    "`queue:work`, `schedule:work`",
    "0 after SIGTERM or SIGINT",
    "timeout --preserve-status -s TERM 5 node laju schedule:work",
    0,
  ],
];
/** Rows that other tests cover: the tests of upgrade need a whole app. */
const elsewhere = ["`upgrade --check`"];

/** The rows of the page's tables: the first cell, and the other cells. */
const rows = [...readPage("docs/reference/exit-statuses.md").text.matchAll(/^\| (.+?) \| (.+) \|$/gm)]
  .map(([, first = "", rest = ""]) => ({ first, rest }))
  .filter(({ first }) => !/^(Status|Verb|---)$/.test(first));

let app: TestApp;
let cron: FakeCrontab;
beforeAll(async () => {
  cron = fakeCrontab();
  app = makeApp(files);
  expect((await app.laju("build")).stderr).toBe("");
});
afterAll(() => {
  app.remove();
  cron.remove();
});

test("every row of docs/reference/exit-statuses.md is checked", () => {
  const checked = [...cases.map(([first]) => first), ...elsewhere];
  expect(rows.map(({ first }) => first).filter((first) => !checked.includes(first))).toEqual([]);
});

test.each(cases)("%s: %s (%s)", async (first, words, line, status) => {
  expect(rows.filter((row) => row.first === first).some(({ rest }) => rest.includes(words))).toBe(true);
  const env = { PATH: `${cron.folder}/bin:${process.env.PATH}`, NODE_ENV: "" };
  const ended = await app.run(["-c", line], { program: "/bin/sh", env });
  expect({ line, status: ended.status, ...(ended.status !== status && ended) }).toEqual({ line, status });
});
