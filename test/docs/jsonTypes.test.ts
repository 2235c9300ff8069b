import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verbs } from "../../commands/native/verbs";
import type { Verb } from "../../framework/cli/verb";
import { makeApp, type TestApp } from "../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../support/crontab/fakeCrontab";
import { readPage } from "../support/docs/pages";
import { typeProblems } from "../support/docs/typeChecked";

const page = readPage("docs/reference/json.md");

/** Each documented type, and the command lines whose output it describes. */
const outputs: Record<string, string[][]> = {
  "ListRow[]": [
    ["list", "--json"],
    ["list", "--next", "--json"],
  ],
  "TimelineHour[]": [["list", "--timeline", "--json"]],
  ShownCommand: [["show", "Good", "--json"]],
  Status: [["status", "--json"]],
  "Run[]": [["runs", "--json"]],
  Run: [["runs", "show", "1", "--json"]],
  Manifest: [["inspect", "--json"]],
  Explanation: [
    ["explain", "0 8 * * *", "--json"],
    ["explain", "0 8 * *", "--json"],
  ],
  "CrontabEntry[]": [["crontab", "--json"]],
  CrontabCheck: [["crontab:check", "--json"]],
  "Check[]": [["doctor", "--json"]],
  MonitorReport: [["monitor", "--json"]],
  Pauses: [["pause", "--list", "--json"]],
  "Migration[]": [["migrate:status", "--json"]],
  Queue: [["queue:status", "--json"]],
  "Job[]": [["queue:list", "--json"]],
  Job: [["queue:show", "1", "--json"]],
  "number[]": [
    ["queue:retry", "1", "--json"],
    ["queue:cancel", "1", "--json"],
  ],
  "string[]": [["queue:pause", "Refuse", "--json"]],
  "{ deleted: number }": [["queue:prune", "--json"]],
};

const files = {
  "commands/Good.ts": `import { command } from "../app/console/command";
import Queue from "../app/services/Queue";
export default command({
  description: "Queue a job", schedule: "0 8 * * *", timezone: "Europe/Berlin", timeout: "10m", tags: ["mail"], priority: "urgent",
  notify: ["mail"], ping: "http://127.0.0.1:9/secret", options: { days: { type: "string", default: "7", description: "Days" } },
  async run() { await Queue.push("Refuse", {}); return { message: "Queued", processed: 1, failed: 0 }; },
});`,
  "commands/Bad.ts": `import { command } from "../app/console/command";
export default command({ schedule: "*/5 * * * *", oneServer: true, async run() { throw new Error("no"); } });`,
  "commands/Worker.ts": `import { jobNotices } from "laju/notices";
import { command } from "../app/console/command";
import { summaryText, workQueue } from "../app/services/QueueWorker";
export default command({
  options: { once: { type: "boolean", default: false } },
  async run({ options }) { return summaryText(await workQueue(options, jobNotices())); },
});`,
  "app/jobs/Refuse.ts": `import { job } from "../queue/job";
export default job("Refuse", { attempts: 1, async run() { throw new Error("refused"); } });`,
  "schedule.json": '{ "Good": { "tags": ["news"] } }',
};

describe("the JSON of every verb matches docs/reference/json.md", () => {
  let app: TestApp;
  let cron: FakeCrontab;
  beforeAll(async () => {
    app = makeApp(files);
    cron = fakeCrontab();
    const lines = [["build"], ["migrate"], ["crontab:install", "--yes"], ["run", "Good"], ["run", "Bad"]];
    for (const line of [...lines, ["run", "Worker", "--", "--once"], ["pause", "Bad", "--until", "2h"]])
      await laju(line);
  }, 240_000);
  afterAll(() => {
    app.remove();
    cron.remove();
  });

  const laju = (line: string[]) =>
    app.run(["laju", ...line], { env: { PATH: `${cron.folder}/bin:${process.env.PATH}` } });

  test("according to the compiler, which rejects missing, mistyped and undocumented fields", async () => {
    const samples: string[] = ['import type * as Json from "../0/types/json";'];
    for (const [type, lines] of Object.entries(outputs)) {
      for (const line of lines) {
        const { stdout } = await laju(line);
        expect(`${line.join(" ")}: ${stdout.trim().slice(0, 1)}`).toMatch(/[[{]$/);
        const named = type.replace(/^[A-Z]/, (first) => `Json.${first}`);
        samples.push(`export const sample${samples.length}: ${named} = ${stdout.trim()};`);
      }
    }
    expect(typeProblems([page], { "samples.ts": samples.join("\n") })).toEqual([]);
  });

  test("covers every verb that has --json", async () => {
    const loaded = await Promise.all(
      verbs.map(async ({ name, load }) => ({ name, verb: (await load()).default as unknown as Verb })),
    );
    const printing = loaded.filter(({ verb }) => "json" in verb.options).map(({ name }) => name);
    expect(printing.filter((name) => !page.text.includes(`\`${name} `))).toEqual([]);
    const compared = new Set(Object.values(outputs).flatMap((lines) => lines.map(([name]) => name)));
    // Leave out `logs`, which prints the log's own lines.
    expect(printing.filter((name) => !compared.has(name))).toEqual(["logs"]);
  });
});
