import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { withLedger } from "../../support/ledger";
import { type HttpServer, startHttp } from "../../support/servers/http";
import { until } from "../../support/servers/server";

const hourMs = 3_600_000;
const command = (meta: string, body: string) =>
  `import { command } from "../app/console/command"; export default command({ ${meta} async run() { ${body} } });`;

describe("node laju monitor", () => {
  let app: TestApp;
  let http: HttpServer;
  let data: string;
  let count = 0;

  beforeAll(async () => {
    http = await startHttp();
    app = makeApp({
      "commands/Hourly.ts": command('schedule: "0 * * * *",', ""),
      "commands/CaughtUp.ts": command(
        'schedule: "0 * * * *", catchUp: "last",',
        'console.log("made up for");',
      ),
      "commands/Elsewhere.ts": command('schedule: "0 * * * *", environments: ["staging"],', ""),
      "commands/Killed.ts": command("", 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {});'),
      "commands/Slow.ts": command(
        "",
        'if (process.env.WAITS) await new Promise((r) => process.stdin.once("data", r)); process.exit(0);',
      ),
      ".env": `NOTIFY_WEBHOOK_URL=${http.url}/hook\n`,
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  beforeEach(() => {
    count += 1;
    data = join(app.root, `data-${count}`);
    http.requests.length = 0;
  });
  afterAll(async () => {
    app.remove();
    await http.stop();
  });

  const monitor = () => app.run(["laju", "monitor"], { env: { LAJU_DATA: data } });
  const run = (name: string) => app.run([`build/commands/${name}.js`], { env: { LAJU_DATA: data } });
  const titles = () => http.requests.map(({ body }) => JSON.parse(body).title as string);
  /** Makes the monitor look for missed starts since this many milliseconds ago. */
  const goBack = (ms: number) =>
    withLedger(data, (ledger) => ledger.prepare("UPDATE watched SET checked_until = ?").run(Date.now() - ms));

  test("prints nothing if everything is fine", async () => {
    expect(await monitor()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(await monitor()).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("reports missed starts once, and the next run", async () => {
    await monitor();
    goBack(3 * hourMs);
    const first = await monitor();
    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(/Z Hourly did not start at \w+ \d+ \w+ \d\d:00, .* \d\d:00\n/);
    expect(first.stdout).not.toContain("Elsewhere");
    await until(() => titles().length === 1);
    goBack(2 * hourMs);
    expect((await monitor()).stdout).not.toContain("Hourly did not start");
    await run("Hourly");
    await until(() => titles().length === 2);
    expect(titles()[1]).toMatch(/^Hourly works again after /);
  });

  test("makes up for the last missed start if the command asks for it", async () => {
    await monitor();
    goBack(3 * hourMs);
    expect((await monitor()).stdout).toMatch(/CaughtUp did not start at .*, so it was started now\n/);
    const runs = async () =>
      JSON.parse(
        (await app.run(["laju", "runs", "CaughtUp", "--json"], { env: { LAJU_DATA: data } })).stdout,
      );
    await until(async () => (await runs())[0]?.state === "succeeded");
    expect(await runs()).toHaveLength(1);
    expect(app.read("logs/CaughtUp.log")).toContain("made up for");
    expect(titles().join()).not.toContain("CaughtUp");
  });

  test("reports killed runs", async () => {
    await run("Killed");
    const { stdout, status } = await monitor();
    expect(stdout).toContain("Killed exited without reporting a result");
    expect(status).toBe(0);
    expect(titles()).toEqual([expect.stringContaining("Killed exited without reporting a result")]);
    expect((await monitor()).stdout).toBe("");
  });

  test("reports a run that takes far longer than usual", async () => {
    for (let time = 0; time < 5; time += 1) await run("Slow");
    const child = spawn(process.execPath, ["build/commands/Slow.js"], {
      cwd: app.root,
      env: { ...process.env, LAJU_DATA: data, WAITS: "1" },
      stdio: ["pipe", "ignore", "inherit"],
    });
    const closed = once(child, "close");
    const running = "SELECT count(*) AS count FROM runs WHERE state = 'running'";
    await until(() =>
      withLedger(data, (ledger) => (ledger.prepare(running).get() as { count: number }).count === 1),
    );
    expect((await monitor()).stdout).toBe("");
    withLedger(data, (ledger) =>
      ledger.prepare("UPDATE runs SET started_at = started_at - ? WHERE state = 'running'").run(hourMs),
    );
    expect((await monitor()).stdout).toMatch(/Slow has been running for 1h, usually at most \d/);
    child.stdin.write("\n");
    await closed;
    await until(() => titles().length === 2);
    expect(titles()[1]).toMatch(/^Slow works again/);
  });

  test("exits with 1 if a notification cannot be sent, and sends it on the next pass", async () => {
    await run("Killed");
    http.answer(403);
    const failing = await monitor();
    expect(failing.status).toBe(1);
    expect(failing.stderr).toMatch(
      /Could not send a notice about Killed: 127\.0\.0\.1:\d+ answered 403 no\n/,
    );
    http.answer(200);
    expect(await monitor()).toMatchObject({ status: 0, stderr: "" });
    expect(titles()).toHaveLength(2);
  });

  test("pings a dead man's switch after each pass, as failed if it could not do its work", async () => {
    const pinging = { LAJU_DATA: data, MONITOR_PING: `${http.url}/ping/3f2a-secret` };
    const pass = () => app.run(["laju", "monitor"], { env: pinging });
    const pings = () => http.requests.filter(({ path }) => path?.startsWith("/ping/"));
    expect(await pass()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    await run("Killed");
    expect((await pass()).status).toBe(0);
    expect(pings().map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(2).fill("POST /ping/3f2a-secret"),
    );
    expect(pings()[1]?.body).toMatch(/^laju monitor on \S+, .*\nKilled exited without reporting a result/);
    await run("Killed");
    await run("Hourly");
    http.answer(403);
    const failed = await pass();
    http.answer(200);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/Could not reach MONITOR_PING: 127\.0\.0\.1:\d+ answered 403 no\n/);
    expect(failed.stderr).not.toContain("secret");
  });

  test("deletes old runs, except the last of each command", async () => {
    await run("Hourly");
    withLedger(data, (ledger) => {
      ledger.exec("UPDATE runs SET id = 9000; CREATE TEMP TABLE one AS SELECT * FROM runs;");
      const change = ledger.prepare(
        "UPDATE one SET id = @id, name = @name, started_at = @id, finished_at = @id, key = NULL",
      );
      const copy = ledger.prepare("INSERT INTO runs SELECT * FROM one");
      ledger.transaction(() => {
        for (let id = 1; id <= 5000; id += 1) {
          change.run({ id, name: id % 2 ? "Hourly" : "Slow" });
          copy.run();
        }
      })();
    });
    expect((await monitor()).stdout).toMatch(/Deleted 4999 old runs from the ledger\n/);
    const left = withLedger(data, (ledger) => ledger.prepare("SELECT id, name FROM runs ORDER BY id").all());
    expect(left).toEqual([
      { id: 5000, name: "Slow" },
      { id: 9000, name: "Hourly" },
    ]);
  });

  test("tolerates a concurrent pass: the second one has nothing to do", async () => {
    const both = await Promise.all([monitor(), monitor()]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
  });

  test("gets a crontab entry if MONITOR is set", async () => {
    const block = await app.run(["laju", "crontab"], { env: { MONITOR: "true" } });
    const { root } = app;
    expect(block.stdout).toContain(
      `\n*/5 * * * * cd ${root}/build && ${process.execPath} laju.js monitor >> ${root}/logs/monitor.log 2>&1\n# END laju`,
    );
    expect((await app.laju("crontab")).stdout).not.toContain("monitor");
  });
});
