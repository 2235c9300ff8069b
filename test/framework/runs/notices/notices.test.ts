import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { fresh } from "../../../support/apps/fresh";
import { undoTablesTo, withLedger } from "../../../support/ledger";
import { type HttpServer, startHttp } from "../../../support/servers/http";
import { freePort, until } from "../../../support/servers/server";
import { type SmtpServer, startSmtp } from "../../../support/servers/smtp";

async function isSenderWaiting(): Promise<boolean> {
  const { isWaitedFor } = await import("../../../../framework/runs/ledger/waitForLedger");
  return isWaitedFor();
}

/** A command that fails while the file `broken` is in the app's root. */
const fragile = (meta = "") => `
import { existsSync } from "node:fs";
import { command } from "../app/console/command";
export default command({ description: "Counts rows", ${meta} async run() {
  console.log("counting <rows>");
  if (existsSync("broken")) throw new Error("no rows");
  return "42 rows";
} });
`;

describe("notifications", () => {
  let app: TestApp;
  let http: HttpServer;
  let smtp: SmtpServer;
  let data: string;
  let count = 0;

  beforeAll(async () => {
    http = await startHttp();
    smtp = await startSmtp();
    app = makeApp({
      "commands/Counts.ts": fragile(),
      "commands/Quiet.ts": fragile("notify: false,"),
      "commands/Own.ts": fragile('notify: "own@example.com",'),
      "commands/Retried.ts": fragile('retries: 2, retryDelay: "10ms",'),
      "commands/Pinged.ts": fragile(`notify: false, ping: "${http.url}/ping/abc?rid=7",`),
      "commands/PingedScript.ts": `export const meta = { ping: "${http.url}/script" }; console.log("bye"); process.exit(0);`,
      "commands/Replaced.ts": `import { existsSync, renameSync } from "node:fs";
        if (existsSync("deploy")) for (const name of ["node_modules", "build/vendor", "build/laju.js"]) renameSync(name, name + ".away");
        process.exit(existsSync("broken") ? 1 : 0);`,
      "commands/Waiting.ts": `export const meta = { retries: 1, retryDelay: "1h" }; process.exit(4);`,
      "commands/Script.ts": `import { existsSync } from "node:fs"; console.log("from a script"); process.exit(existsSync("broken") ? 3 : 0);`,
      "commands/Blocks.ts": `import { command } from "../app/console/command";
        export default command({ timeout: "300ms", async run() { for (;;); } });`,
      ".env": `MAIL_URL=${smtp.url}\nNOTIFY_MAIL_TO=ops@example.com\nNOTIFY_WEBHOOK_URL=${http.url}/hook\n`,
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  beforeEach(() => {
    count += 1;
    data = join(app.root, `data-${count}`);
    http.requests.length = 0;
    smtp.mails.length = 0;
    http.answer(200);
    repair();
  });
  afterAll(async () => {
    app.remove();
    await Promise.all([http.stop(), smtp.stop()]);
  });

  const breakIt = () => app.write("broken", "");
  const repair = () => rmSync(join(app.root, "broken"), { force: true });
  const hooks = () =>
    http.requests.filter(({ path }) => path === "/hook").map(({ body }) => JSON.parse(body));
  const pings = () => http.requests.filter(({ path }) => path !== "/hook");
  /** Runs a command as under cron: its output is appended to a log, and there is no terminal. */
  const run = async (name: string, env: NodeJS.ProcessEnv = {}) => {
    mkdirSync(join(app.root, "logs"), { recursive: true });
    const log = openSync(join(app.root, "logs", `${name}.log`), "a");
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [`commands/${name}.js`], {
      cwd: join(app.root, "build"),
      env: { PATH, HOME, TZ: "UTC", LAJU_DATA: data, ...env },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    return (await once(child, "close"))[0] as number;
  };
  const logOf = (name: string) => app.read(`logs/${name}.log`);
  const monitor = () => app.run(["laju", "monitor"], { env: { LAJU_DATA: data } });
  /** Sends everything pending, so that nothing more can arrive. */
  const settle = () => app.run(["laju", "notices:send"], { env: { LAJU_DATA: data } });

  test("report a failure by mail and webhook, with that run's output", async () => {
    expect(await run("Counts")).toBe(0);
    breakIt();
    expect(await run("Counts")).toBe(1);
    await until(() => hooks().length === 1 && smtp.mails.length === 1);
    expect(hooks()[0]).toMatchObject({
      event: "failure",
      title: "Counts failed with exit status 1",
      command: "Counts",
      description: "Counts rows",
      app: app.root,
      run: { state: "failed", exitStatus: 1 },
    });
    expect(hooks()[0].run.error).toContain("no rows");
    // The first run printed the same line. This notification must contain only the second run's output.
    expect(hooks()[0].output.match(/counting <rows>/g)).toHaveLength(1);
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({
      subject: "Counts failed with exit status 1",
      recipients: ["ops@example.com"],
    });
    expect(mail?.html).toContain("counting &lt;rows&gt;");
    expect(mail?.text).toContain("\nError: no rows\n");
    expect(mail?.headers).toContain("Auto-Submitted: auto-generated");
  });

  test("are sent once per incident, and once when it is over", async () => {
    breakIt();
    for (let time = 0; time < 3; time += 1) await run("Counts");
    await until(() => smtp.mails.length === 1);
    repair();
    await run("Counts");
    await run("Counts");
    await until(() => smtp.mails.length === 2 && hooks().length === 2);
    await settle();
    expect(smtp.mails.map(({ subject }) => subject?.replace(/after .*/, "after …"))).toEqual([
      "Counts failed with exit status 1",
      "Counts works again after …",
    ]);
    expect(hooks()[1]).toMatchObject({
      event: "recovery",
      failures: 3,
      run: { state: "succeeded", message: "42 rows" },
    });
  });

  test("can be tried with notices:test, without a trace in the history", async () => {
    const both = await app.run(["laju", "notices:test"], { env: { LAJU_DATA: data } });
    expect(both).toMatchObject({ status: 0, stderr: "" });
    const accepted = "  The receiver's server accepted it. Check that it has arrived.\n";
    const webhook = `the webhook at ${new URL(http.url).host}`;
    expect(both.stdout).toBe(`✓ Sent to ops@example.com\n✓ Sent to ${webhook}\n${accepted}`);
    expect(hooks()).toEqual([
      expect.objectContaining({
        title: expect.stringMatching(/^Test notification from laju on /),
        output: "Sent by `node laju notices:test`. Nothing has failed.",
      }),
    ]);
    expect(smtp.mails).toEqual([
      expect.objectContaining({ subject: hooks()[0].title, recipients: ["ops@example.com"] }),
    ]);
    expect(smtp.mails[0]?.text).toContain("Nothing has failed.");
    expect(existsSync(join(data, "runs.sqlite3"))).toBe(false);

    const own = await app.run(["laju", "notices:test", "own"], { env: { LAJU_DATA: data } });
    expect(own.stdout).toBe(`✓ Sent to own@example.com\n${accepted}`);
  });

  test("that notices:test cannot send give it status 1, and the reason", async () => {
    http.answer(404);
    const env = { LAJU_DATA: data, MAIL_URL: "", NODE_ENV: "development" };
    const none = await app.run(["laju", "notices:test"], { env });
    expect(none.status).toBe(1);
    expect(none.stdout).toMatch(
      /^✗ Not sent to ops@example\.com: no mail server is configured\n {2}Set MAIL_URL=.*\n✗ Not sent to the webhook at .*404.*\n$/,
    );
    expect(existsSync(join(data, "outbox"))).toBe(false);

    const nobody = await app.run(["laju", "notices:test", "Quiet"], { env });
    expect(nobody).toMatchObject({ status: 1, stdout: "" });
    expect(nobody.stderr).toContain("✗ nobody is notified about Quiet\n  Check `notify`");
  });

  test("report scripts that end themselves", async () => {
    breakIt();
    expect(await run("Script")).toBe(3);
    await until(() => hooks().length === 1);
    expect(hooks()[0]).toMatchObject({ title: "Script failed with exit status 3", output: "from a script" });
  });

  test("report a time limit that needed SIGKILL", async () => {
    await run("Blocks");
    await until(() => hooks().length === 1);
    expect(hooks()[0]).toMatchObject({ title: "Blocks timed out", run: { state: "timed_out" } });
  });

  test("are sent only after the last retry", async () => {
    breakIt();
    expect(await run("Retried")).toBe(1);
    await until(() => hooks().length === 1);
    expect(hooks()[0].run).toMatchObject({ attempt: 3 });
  });

  test("contain the output of a run whose log was rotated meanwhile", async () => {
    mkdirSync(join(app.root, "logs"), { recursive: true });
    app.write("logs/Script.log", `${"x".repeat(2000)}\n`);
    breakIt();
    await run("Script", { LOG_MAX_SIZE: "1kB" });
    await until(() => hooks().length === 1);
    expect(readdirSync(join(app.root, "logs")).filter((name) => name.startsWith("Script"))).toEqual([
      "Script.log",
      "Script.log.1",
    ]);
    // Rotation creates the next log, empty and with laju's file mode, before cron's shell can.
    expect(readFileSync(join(app.root, "logs/Script.log"), "utf8")).toBe("");
    expect(hooks()[0].output).toBe("from a script");
  });

  test("go where the command's notify says", async () => {
    breakIt();
    await run("Quiet");
    await run("Own");
    await until(() => smtp.mails.length === 1);
    await settle();
    expect(smtp.mails[0]?.recipients).toEqual(["own@example.com"]);
    expect(hooks()).toEqual([]);
  });

  test("that cannot be delivered wait for the next sender, and never change how a run ends", async () => {
    breakIt();
    http.answer(403);
    expect(await run("Counts", { MAIL_URL: `smtp://127.0.0.1:${await freePort()}` })).toBe(1);
    await until(() => hooks().length === 1);
    http.answer(200);
    await until(async () => {
      await settle();
      return smtp.mails.length === 1 && hooks().length === 2;
    });
    await settle();
    expect([smtp.mails.length, hooks().length]).toEqual([1, 2]);
  });

  test("are sent even if other settings are invalid", async () => {
    expect(await run("Counts", { SMTP_PORT: "abc" })).toBe(1);
    await until(() => hooks().length === 1);
    expect(hooks()[0].run.error).toContain("SMTP_PORT");
  });

  test("don't delay a run: it ends normally without built verbs", async () => {
    breakIt();
    const verbs = join(app.root, "build", "laju.js");
    renameSync(verbs, `${verbs}.away`);
    expect(await run("Counts")).toBe(1);
    renameSync(`${verbs}.away`, verbs);
    await settle();
    expect(hooks()).toHaveLength(1);
  });

  test.each([
    ["reads", "BEGIN EXCLUSIVE"],
    ["nothing", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"],
  ])("wait for a ledger that another process keeps %s, and are then sent once", async (_, lock) => {
    await run("Counts");
    breakIt();
    await withLedger(data, async (ledger) => {
      ledger.exec(lock);
      const startedAt = Date.now();
      expect(await run("Counts")).toBe(1);
      // By default SQLite would wait for five seconds.
      expect(Date.now() - startedAt).toBeLessThan(4_500);
      expect(logOf("Counts")).toMatch(/laju: Counts's notification is postponed: /);
      expect(hooks()).toEqual([]);
      ledger.exec("COMMIT");
    });
    await until(() => hooks().length === 1 && smtp.mails.length === 1);
    expect(hooks()[0]).toMatchObject({ event: "failure", run: { state: "failed", exitStatus: 1 } });
    expect((await monitor()).stdout).toBe("");
    repair();
    await run("Counts");
    await until(() => hooks().length === 2 && smtp.mails.length === 2);
    await settle();
    expect(hooks().map(({ event }) => event)).toEqual(["failure", "recovery"]);
  });

  test("wait in one process for all runs that fail while the ledger is locked", async () => {
    const started = join(app.root, "started");
    app.write(
      "counting.cjs",
      `require("node:fs").appendFileSync(${JSON.stringify(started)}, process.argv.slice(1).join(" ") + "\\n");`,
    );
    const env = { NODE_OPTIONS: `--require ${join(app.root, "counting.cjs")}` };
    await run("Counts");
    breakIt();
    await withLedger(data, async (ledger) => {
      ledger.exec("BEGIN EXCLUSIVE");
      await run("Counts", env);
      await until(() => fresh({ LAJU_DATA: data }, isSenderWaiting));
      await run("Counts", env);
      await run("Script", env);
      ledger.exec("COMMIT");
    });
    await until(() => hooks().length === 2);
    expect(readFileSync(started, "utf8").match(/notices:send/g)).toHaveLength(1);
  });

  test("of a run whose modules were replaced meanwhile are sent once, by the monitor", async () => {
    breakIt();
    app.write("deploy", "");
    expect(await run("Replaced")).toBe(1);
    rmSync(join(app.root, "deploy"));
    expect(logOf("Replaced")).toMatch(
      /laju: Replaced's notification is postponed: the SQLite driver .* cannot be loaded/,
    );
    for (const name of ["node_modules", "build/vendor", "build/laju.js"])
      renameSync(join(app.root, `${name}.away`), join(app.root, name));
    expect(hooks()).toEqual([]);
    expect((await monitor()).stdout).toMatch(
      /Z Replaced failed with exit status 1\n.* Sent a notice about Replaced: failure\n/,
    );
    expect((await monitor()).stdout).toBe("");
    await settle();
    expect(hooks()).toMatchObject([
      { title: "Replaced failed with exit status 1", run: { state: "failed" } },
    ]);
  });

  test("of a run that was killed before its retry are sent by the monitor", async () => {
    const ended = run("Waiting");
    await until(
      () => existsSync(join(app.root, "logs/Waiting.log")) && logOf("Waiting").includes("retry 1 of 1"),
    );
    expect((await monitor()).stdout).toBe("");
    const pid = withLedger(data, (ledger) => ledger.prepare("SELECT pid FROM runs").pluck().get()) as number;
    process.kill(pid, "SIGKILL");
    await ended;
    expect((await monitor()).stdout).toMatch(/Z Waiting failed with exit status 4\n/);
    expect((await monitor()).stdout).toBe("");
    expect(hooks()).toMatchObject([{ title: "Waiting failed with exit status 4", run: { attempt: 1 } }]);
  });

  test("of recoveries are sent right after an update from a laju without incident marks", async () => {
    breakIt();
    for (const name of ["Counts", "Script"]) await run(name);
    await until(() => hooks().length === 2);
    await settle();
    withLedger(data, (ledger) => ledger.exec(undoTablesTo(1)));
    for (const name of ["incidents", "runs.journal"]) rmSync(join(data, name), { recursive: true });
    repair();
    for (const name of ["Script", "Counts", "Script"]) await run(name);
    await until(() => hooks().length === 4);
    await settle();
    const told = hooks().map(({ event, command }) => `${command} ${event}`);
    expect(told.sort()).toEqual(["Counts failure", "Counts recovery", "Script failure", "Script recovery"]);
    expect(readdirSync(join(data, "incidents"))).toEqual([]);
  });

  test("are pinged late if the ledger was locked at the end of a run", async () => {
    await run("PingedScript");
    await until(() => pings().length === 2);
    await withLedger(data, async (ledger) => {
      ledger.exec("BEGIN EXCLUSIVE");
      expect(await run("PingedScript")).toBe(0);
      ledger.exec("COMMIT");
    });
    await until(() => pings().length === 3);
    await settle();
    expect(pings().map(({ path }) => path)).toEqual(["/script/start", "/script", "/script"]);
  });

  test("ping at the start and the end of each run", async () => {
    await run("Pinged");
    await until(() => pings().length === 2);
    breakIt();
    await run("Pinged");
    await until(() => pings().length === 4);
    expect(pings().map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /ping/abc/start?rid=7",
      "POST /ping/abc?rid=7",
      "POST /ping/abc/start?rid=7",
      "POST /ping/abc/fail?rid=7",
    ]);
    expect(pings()[1]?.body).toContain("Pinged: succeeded, exit status 0\n42 rows\n");
    expect(pings()[3]?.body).toMatch(/^Pinged: failed, exit status 1\n/);
    expect(pings()[3]?.body).toContain("counting <rows>");
    await run("PingedScript");
    await until(() => pings().length === 6);
    expect(
      pings()
        .map(({ path }) => path)
        .slice(4),
    ).toEqual(["/script/start", "/script"]);
  });
});
