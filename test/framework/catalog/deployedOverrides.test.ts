import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const source = (meta: string, run = "") => `
import { command } from "../app/console/command";
export default command({ ${meta}, async run() { ${run} } });
`;
const hangs = "await new Promise((resolve) => setTimeout(resolve, 60_000));";

describe("schedule.json", () => {
  let app: TestApp;
  const overrides = (value: object | string) =>
    app.write("schedule.json", typeof value === "string" ? value : JSON.stringify(value));
  beforeAll(async () => {
    app = makeApp({
      "commands/Cleanup.ts": source(
        'description: "Clean up", schedule: "0 2 * * *"',
        'console.log("cleaned")',
      ),
      "commands/Digest.ts": source('description: "Mail", schedule: "0 8 * * *", environments: ["demo"]'),
      "commands/Hangs.ts": source('timeout: "1h"', hangs),
      "commands/LastDay.ts": source('schedule: "0 0 1 * *"', 'console.log("ran")'),
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterEach(() => rmSync(join(app.root, "schedule.json"), { force: true }));
  afterAll(() => app.remove());

  test("overrides the source in list, show and crontab, and leaves other fields unchanged", async () => {
    overrides({
      Cleanup: { enabled: false, schedule: "0 4 * * *" },
      Digest: { environments: ["development"], log: "/var/log/digest.log" },
    });
    const listed = await app.laju("list", "--all");
    expect(listed.stderr).toBe("");
    expect(listed.stdout.split("\n").slice(1, 5)).toEqual([
      expect.stringMatching(/^ {2}0 4 \* \* \* {2}Cleanup \.+ disabled /),
      "  schedule.json overrides its schedule, enabled",
      expect.stringMatching(/^ {2}0 8 \* \* \* {2}Digest \.+ not installed /),
      "  schedule.json overrides its environments, log",
    ]);
    const [cleanup] = JSON.parse((await app.laju("list", "--json")).stdout);
    expect(cleanup).toMatchObject({
      name: "Cleanup",
      schedules: ["0 4 * * *"],
      enabled: false,
      description: "Clean up",
      overridden: ["schedule", "enabled"],
      nextRun: null,
    });
    expect((await app.laju("show", "Cleanup")).stdout).toContain("  overridden    schedule, enabled\n");
    const { stdout: crontab } = await app.laju("crontab");
    expect(crontab).not.toContain("Cleanup");
    expect(crontab).toMatch(/\n0 8 \* \* \* cd .* commands\/Digest\.js >> \/var\/log\/digest\.log 2>&1\n/);
  });

  test("determines what run --all starts", async () => {
    expect((await app.laju("run", "--tag", "x")).status).toBe(2);
    overrides({ Cleanup: { tags: ["x"] } });
    expect((await app.laju("run", "--tag", "x")).stdout).toBe("cleaned\n");
  });

  test("may be in another place, and is named accordingly in messages", async () => {
    app.write("deploy/ours.json", '{ "Clenup": {} }');
    const env = { LAJU_SCHEDULE: join(app.root, "deploy/ours.json") };
    const listed = await app.run(["laju", "list"], { env });
    expect(listed).toMatchObject({ status: 2, stdout: "" });
    expect(listed.stderr).toBe(
      '✗ deploy/ours.json:1:3  there is no command "Clenup"\n  Did you mean Cleanup?\n',
    );
  });

  test.each([
    ["list"],
    ["show", "Cleanup"],
    ["crontab"],
    ["crontab:check"],
    ["run", "Cleanup"],
    ["disable", "Cleanup"],
    ["schedule:work"],
  ])("with an error fails %s %s", async (...verb) => {
    overrides('{\n  "Cleanup": { "enabled": "no" }\n}\n');
    const refused = await app.laju(...verb);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toBe('✗ schedule.json:2:27  Cleanup: enabled must be true or false, found "no"\n');
  });

  test("overrides the time limit of a command that is already built", async () => {
    overrides({ Hangs: { timeout: "200ms" } });
    const ended = await app.run(["commands/Hangs.js"], { cwd: join(app.root, "build") });
    expect(ended.status).toBe(124);
    expect((await app.run(["build/commands/Hangs.js", "--help"])).stdout).toContain("Timeout   200ms\n");
  });

  test("with an error doesn't keep cron from running commands", async () => {
    overrides({ Cleanup: { timeout: 5 } });
    const ended = await app.run(["commands/Cleanup.js"], { cwd: join(app.root, "build") });
    expect(ended).toMatchObject({ status: 0, stdout: "cleaned\n" });
    expect(ended.stderr).toBe(
      `laju: Cleanup starts without its overrides from ${app.root}/schedule.json: Cleanup: timeout must be a plain string such as "10m", found 5\n`,
    );
  });

  test("may give a command a schedule that only the command itself can check", async () => {
    overrides({ LastDay: { schedule: "0 0 L * *" } });
    const { stdout: crontab } = await app.laju("crontab");
    const entry = /LAJU_ENTRY=(\w+) \S+ commands\/LastDay\.js/.exec(crontab)?.[1];
    const start = (id: string | undefined) =>
      app.run(["commands/LastDay.js"], { cwd: join(app.root, "build"), env: { LAJU_ENTRY: id } });
    // The command exits without running, because it is due only at midnight on the month's last day.
    expect(await start(entry)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect((await start("12345678")).stderr).toContain("its crontab entry was written by a different build");
    rmSync(join(app.root, "schedule.json"));
    expect((await start(undefined)).stdout).toBe("ran\n");
  });
});
