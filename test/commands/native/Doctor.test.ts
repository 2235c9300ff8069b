import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../../support/crontab/fakeCrontab";
import { withLedger } from "../../support/ledger";
import { freePort } from "../../support/servers/server";

interface Result {
  name: string;
  state: string;
  message: string;
  cure?: string;
}

describe("doctor", () => {
  let app: TestApp;
  let cron: FakeCrontab;

  beforeAll(async () => {
    cron = fakeCrontab();
    app = makeApp({
      "commands/Daily.ts": `import { command } from "../app/console/command";
        export default command({ schedule: "0 8 * * *", async run() {} });`,
    });
  });
  beforeEach(async () => {
    for (const path of ["data", "logs", ".env", "commands/Other.ts"]) {
      rmSync(join(app.root, path), { recursive: true, force: true });
    }
    expect((await laju("build")).stderr).toBe("");
    await laju("crontab:remove");
    expect(await laju("crontab:install", "--yes")).toMatchObject({ status: 0, stderr: "" });
  });
  afterAll(() => {
    app.remove();
    cron.remove();
  });

  const laju = (...args: string[]) =>
    app.run(["laju", ...args], { env: { PATH: `${cron.folder}/bin:${process.env.PATH}` } });
  /** What doctor finds, except about the cron daemon, because that depends on this machine. */
  const findings = async (): Promise<{ results: Result[]; status: number | null }> => {
    const { stdout, stderr, status } = await laju("doctor", "--json");
    expect(stderr).toBe("");
    return { results: JSON.parse(stdout), status };
  };
  const troubles = async () =>
    (await findings()).results.filter(({ name, state }) => name !== "cron daemon" && state !== "fine");

  test("reports no problem if there is none", async () => {
    expect(await troubles()).toEqual([]);
    const { results, status } = await findings();
    expect(status).toBe(results.some(({ state }) => state === "bad") ? 1 : 0);
    expect(results.map(({ name }) => name)).toContain("time zone");
  });

  test("reports files that others can read or change, and the command that protects them", async () => {
    app.write(".env", "LOG_LEVEL=info\n");
    chmodSync(join(app.root, ".env"), 0o644);
    chmodSync(join(app.root, "data"), 0o755);
    const [open] = await troubles();
    expect(open).toMatchObject({ name: "permissions", state: "warning" });
    expect(open?.message).toBe(`${app.root}/.env and 1 more can be read by every user on this machine`);
    await app.run(["-c", open?.cure ?? "false"], { program: "/bin/sh" });
    expect(await troubles()).toEqual([]);
    chmodSync(join(app.root, "build"), 0o777);
    const [{ state, message, cure = "false" }] = (await troubles()) as [Result];
    expect([state, message]).toEqual(["bad", `${app.root}/build is world-writable`]);
    await app.run(["-c", cure], { program: "/bin/sh" });
    expect(await troubles()).toEqual([]);
  });

  test("reports a missing node", async () => {
    const table = cron.table()?.toString().replace(process.execPath, "/opt/node-18/bin/node");
    cron.put(table ?? "");
    const found = await troubles();
    expect(found.map(({ name }) => name)).toEqual(["crontab", "node"]);
    expect(found[0]?.message).toContain("edited by hand");
    expect(found[1]?.message).toBe("the crontab starts /opt/node-18/bin/node, which is gone: nothing runs");
    expect(found[1]?.cure).toContain("crontab:install");
  });

  test("reports a crontab without the entries, and a build older than its sources", async () => {
    cron.put("");
    app.write("commands/Other.ts", "process.exit(0);");
    expect((await troubles()).map(({ name, message }) => `${name}: ${message}`)).toEqual([
      expect.stringMatching(/^crontab: .* has no entries of this app$/),
      "build: the build is older than its sources: commands/Other.ts is new",
    ]);
  });

  test("reports a missing log folder", async () => {
    rmSync(join(app.root, "logs"), { recursive: true });
    expect(await troubles()).toEqual([
      {
        name: "logs",
        state: "bad",
        message: `${join(app.root, "logs")} is missing: the shell fails before the command starts`,
        cure: `Run \`mkdir -p ${join(app.root, "logs")}\`, or node laju crontab:install, which creates it.`,
      },
    ]);
    app.write(".env", `LAJU_LOGS=${join(app.root, "the logs")}\n`);
    const cures = (await troubles()).map(({ cure }) => cure);
    expect(cures).toContain(
      `Run \`mkdir -p '${join(app.root, "the logs")}'\`, or node laju crontab:install, which creates it.`,
    );
  });

  test("reports invalid settings", async () => {
    app.write(".env", "SMTP_PORT=abc\n");
    const found = await troubles();
    expect(found.filter(({ state }) => state === "bad")).toEqual([
      {
        name: "settings",
        state: "bad",
        message: expect.stringContaining("SMTP_PORT"),
        cure: expect.any(String),
      },
    ]);
    expect(found).toContainEqual({
      name: "mail",
      state: "warning",
      message: "not checked, because the settings are invalid",
    });
  });

  test("reports servers that do not respond", async () => {
    const [one, two, three] = [await freePort(), await freePort(), await freePort()];
    app.write(
      ".env",
      `DATABASE_URL=postgres://u:secret@127.0.0.1:${one}/x\nREDIS_URL=redis://127.0.0.1:${two}\nMAIL_URL=smtp://127.0.0.1:${three}\n`,
    );
    chmodSync(join(app.root, ".env"), 0o600);
    const found = await troubles();
    expect(found.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "database bad",
      "Redis bad",
      "mail bad",
    ]);
    expect(JSON.stringify(found)).not.toContain("secret");
    expect(found[2]?.message).toContain(`127.0.0.1:${three} (MAIL_URL) cannot be used`);
  });

  test("reports that nobody would notice if cron stopped, if notifications are configured", async () => {
    const settings = async (...lines: string[]) => {
      app.write(".env", `${lines.join("\n")}\n`);
      chmodSync(join(app.root, ".env"), 0o600);
      return (await findings()).results.find(({ name }) => name === "monitor");
    };
    const webhook = "NOTIFY_WEBHOOK_URL=http://127.0.0.1:9/hook";
    expect(await settings(webhook)).toMatchObject({
      state: "warning",
      message: "nobody is notified if cron itself stops, because the monitor stops with it",
      cure: expect.stringMatching(/^Set MONITOR_PING to .*, and MONITOR=true, in \.env, then run `node laju/),
    });
    const ping = "MONITOR_PING=https://hc-ping.com/secret";
    expect(await settings(webhook, ping)).toMatchObject({ state: "warning" });
    expect(await settings(webhook, ping, "MONITOR=true")).toEqual({
      name: "monitor",
      state: "fine",
      message: "every pass pings hc-ping.com",
    });
  });

  test("reports a damaged ledger", async () => {
    mkdirSync(join(app.root, "data"), { recursive: true });
    writeFileSync(
      join(app.root, "data/runs.sqlite3"),
      "this is no database, and long enough to see it\n".repeat(100),
    );
    const found = await troubles();
    expect(found.filter(({ name }) => name === "ledger")).toEqual([
      expect.objectContaining({ state: "bad", message: expect.stringContaining("runs.sqlite3") }),
    ]);
  });

  test("reports a journal that the ledger does not import, and damaged lines only once", async () => {
    await app.run(["build/commands/Daily.js"]);
    const data = join(app.root, "data");
    appendFileSync(join(data, "runs.journal"), "\0\0\0\n");
    expect((await laju("runs")).stderr).toBe(`laju: skipped 1 damaged line of ${data}/runs.journal\n`);
    expect(await troubles()).toEqual([]);
    expect(JSON.parse((await laju("runs", "--json")).stdout)).toHaveLength(1);
    withLedger(data, (ledger) =>
      ledger.exec("CREATE TRIGGER deaf BEFORE UPDATE ON runs BEGIN SELECT RAISE(IGNORE); END"),
    );
    expect(await troubles()).toEqual([
      expect.objectContaining({
        name: "ledger",
        state: "bad",
        message: `the ledger did not import ${data}/runs.journal, although that file is writable: no runs are recorded`,
      }),
    ]);
  });

  test("reports a clock that was set back", async () => {
    await app.run(["build/commands/Daily.js"]);
    withLedger(join(app.root, "data"), (ledger) =>
      ledger.prepare("UPDATE runs SET started_at = started_at + 7200000").run(),
    );
    expect(await troubles()).toEqual([
      expect.objectContaining({
        name: "clock",
        state: "bad",
        message: expect.stringContaining("was set back"),
      }),
    ]);
  });
});
