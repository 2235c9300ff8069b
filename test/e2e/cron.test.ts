import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { openSqlite } from "../../framework/services/database/sqliteDriver";
import { makeApp, type TestApp } from "../support/apps/app";
import { type CronSandbox, needsCron, startCron, waitFor } from "../support/crontab/cron";

const migration = `
export const up = (knex) => knex.schema.createTable("visits", (table) => { table.text("note"); });
export const down = (knex) => knex.schema.dropTable("visits");
`;
const twoMinutes = 125_000;

describe.skipIf(needsCron.skip)(`from make:command to a run by the real cron${needsCron.label}`, () => {
  let app: TestApp;
  let cron: CronSandbox;
  beforeAll(async () => {
    cron = await startCron({ daemon: true });
    app = makeApp({ "app/migrations/20260601000000_visits.ts": migration }, { name: "it's 100% mine" });
  });
  afterAll(async () => {
    await cron?.stop();
    app?.remove();
  });

  const laju = (...args: string[]) =>
    app.run(["laju", ...args], { env: { PATH: `${cron.bin}:${process.env.PATH}` } });

  test("a declared command and a script write their database rows, logs and run records", async () => {
    await make("CountVisits", `await DB("visits").insert({ note: "declared in " + process.cwd() });`);
    await make(
      "ScriptVisits",
      `await DB("visits").insert({ note: "script in " + process.cwd() });`,
      "--script",
    );
    expect(await laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await laju("migrate")).toMatchObject({ status: 0, stderr: "" });
    cron.crontab(["-"], "# somebody else's\n@yearly true\n");

    const installed = await laju("crontab:install");
    expect(installed).toMatchObject({ status: 0, stderr: "" });
    expect(await laju("crontab:check")).toMatchObject({ status: 0 });
    expect(cron.crontab(["-l"]).stdout.toString()).toContain("# somebody else's\n@yearly true\n");

    const logs = ["CountVisits", "ScriptVisits"].map((name) => join(app.root, "logs", `${name}.log`));
    await waitFor(undefined, () => logs.every(isWritten) && notes().length >= 2, twoMinutes);
    expect([...new Set(notes())].sort()).toEqual([`declared in ${app.root}`, `script in ${app.root}`]);
    for (const log of logs) {
      const [line] = readFileSync(log, "utf8").split("\n");
      expect(JSON.parse(line as string)).toMatchObject({ level: "info", databaseAnswers: true });
    }
    const runs: Run[] = JSON.parse((await laju("runs", "--json")).stdout);
    for (const [index, name] of ["CountVisits", "ScriptVisits"].entries()) {
      const run = runs.filter((one) => one.name === name).at(-1);
      expect(run).toMatchObject({ state: "succeeded", exitStatus: 0, log: { file: logs[index], from: 0 } });
      expect(run?.log?.to).toBeGreaterThan(0);
    }
    expect((await laju("runs")).stdout).toMatch(/✓ \d+ +CountVisits/);

    expect(await laju("crontab:remove")).toMatchObject({ status: 0, stderr: "" });
    expect(cron.crontab(["-l"]).stdout.toString()).toBe("# somebody else's\n@yearly true\n");
  });

  /** Writes a command as a developer would: generates the file, and replaces the comment in it with the work. */
  async function make(name: string, work: string, ...flags: string[]): Promise<void> {
    const file = `commands/${name}.ts`;
    const made = await laju("make:command", name, "--schedule", "* * * * *", ...flags);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    const place = /^ +\/\/ Do the work here\..*$/m;
    expect(app.read(file)).toMatch(place);
    app.write(file, app.read(file).replace(place, work));
  }

  function notes(): string[] {
    const database = openSqlite(join(app.root, "data", "dev.sqlite3"), { mustExist: true });
    try {
      return database.prepare("SELECT note FROM visits").pluck().all() as string[];
    } finally {
      database.close();
    }
  }
});

function isWritten(file: string): boolean {
  return existsSync(file) && readFileSync(file).includes("\n");
}
