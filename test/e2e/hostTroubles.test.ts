import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { type CronSandbox, needsCron, startCron } from "../support/crontab/cron";
import { type HttpServer, startHttp } from "../support/servers/http";
import { freePort, until } from "../support/servers/server";

const daily = `export const meta = { schedule: "0 8 * * *" }; console.log("done");`;

/**
 * For each problem of a host: the first line of status names it, a notification reports it, and the command that status
 * suggests fixes it.
 */
describe.skipIf(needsCron.skip)(`problems that keep a host from starting commands${needsCron.label}`, () => {
  let app: TestApp;
  let cron: CronSandbox;
  let http: HttpServer;
  let node: string;
  let data: string;

  beforeAll(async () => {
    http = await startHttp();
    // In its own process namespace, so that laju doesn't find the cron daemon of another test.
    cron = await startCron({ tz: "UTC" });
    app = makeApp({ "commands/Daily.ts": daily });
    data = join(dirname(app.root), "disk", "data");
    node = join(dirname(app.root), "node");
    mkdirSync(dirname(data));
    symlinkSync(process.execPath, node);
    app.write(".env", `LAJU_DATA=${data}\nNOTIFY_WEBHOOK_URL=${http.url}/hook\n`);
    chmodSync(join(app.root, ".env"), 0o600);
    await sh(`mount -t tmpfs -o size=48m none '${dirname(data)}'; mkdir -m 700 '${data}'; cron`);
    expect(await sh("node laju build")).toMatchObject({ status: 0, stderr: "" });
    expect(await sh("node laju crontab:install --yes")).toMatchObject({ status: 0, stderr: "" });
    await sh("node build/commands/Daily.js");
  });
  beforeEach(() => {
    http.requests.length = 0;
  });
  afterAll(async () => {
    await cron?.stop();
    app?.remove();
    await http?.stop();
  });

  /** Runs a shell script in the app's root, with the test's own spool, mounts and processes. */
  function sh(script: string, env: NodeJS.ProcessEnv = {}) {
    const [program = "", ...words] = cron.enter;
    const PATH = `${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`;
    const go = `cd '${app.root}'; ${script}`;
    return app.run([...words, "sh", "-c", go], { program, env: { PATH, ...env } });
  }
  const firstLine = async (verb = "status") => (await sh(`node laju ${verb}`)).stdout.split("\n")[0];
  const titles = () => http.requests.map(({ body }) => JSON.parse(body).title as string);
  /** Runs the command that status suggests. */
  const nextStep = async () => {
    const command = /`(.*?)`/.exec((await sh("node laju status")).stdout)?.[1] ?? "false";
    return sh(command);
  };

  async function isSaid(message: string): Promise<void> {
    expect(await firstLine()).toBe(`✗ ${message}`);
    expect(await firstLine("crontab:check")).toBe(`✗ ${message}`);
    expect(await sh("node laju status --check")).toMatchObject({ status: 1 });
    await sh("node laju monitor");
    expect(titles()).toEqual([message]);
  }

  async function isMended(message: string): Promise<void> {
    expect(await firstLine("crontab:check")).toBe("✓ The crontab of root matches the build");
    expect(await sh("node laju status --check")).toMatchObject({ status: 0 });
    await sh("node laju monitor");
    await until(() => titles().length === 2);
    expect(titles()[1]).toMatch(/^Resolved after [\d.]+m?s: /);
    expect(titles()[1]).toContain(message);
  }

  test("no problem: reports nothing", async () => {
    expect(await firstLine()).toBe("");
    expect(await sh("node laju monitor")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(titles()).toEqual([]);
  });

  test("reports cron as dead even if a process waiting for one of its jobs is still alive", async () => {
    symlinkSync("/bin/sleep", join(dirname(app.root), "cron"));
    await sh("bash -c 'exec -a CRON ../cron 100' > /dev/null 2>&1 &");
    await sh("pid=$(cat /run/crond.pid); kill $pid; while [ -s /proc/$pid/cmdline ]; do sleep 0.1; done");
    const message = "No cron daemon is running, so nothing will start";
    await isSaid(message);
    const installed = await sh("node laju crontab:install");
    expect(installed.status).toBe(0);
    expect(installed.stdout).toMatch(
      new RegExp(`^✗ ${message}\n {2}Run .*\n✓ Crontab was up to date: 1 unchanged\n$`),
    );
    expect(await nextStep()).toMatchObject({ status: 0 });
    await isMended(message);
  });

  test("Node is gone", async () => {
    await sh(`node laju crontab:install --node '${node}'; rm '${node}'`);
    const message = `The crontab starts ${node}, which is gone: nothing runs`;
    await isSaid(message);
    expect(await nextStep()).toMatchObject({ status: 0, stderr: "" });
    await isMended(message);
  });

  test("the crontab was edited by hand", async () => {
    await sh("crontab -l | sed 's/^0 8/0 9/' | crontab -");
    const message = "The crontab of root was edited by hand between this app's markers";
    await isSaid(message);
    expect(await nextStep()).toMatchObject({ status: 0, stderr: "" });
    await isMended(message);
  });

  test("the crontab was removed", async () => {
    await sh("crontab -r");
    const message = "The crontab of root has no entries of this app";
    await isSaid(message);
    expect(await nextStep()).toMatchObject({ status: 0, stderr: "" });
    await isMended(message);
  });

  test("the crontab has a second block", async () => {
    const second = join(dirname(app.root), "link");
    symlinkSync(app.root, second);
    await sh(
      `crontab -l > mine; node laju crontab:install --root '${second}' --replace; crontab -l | cat - mine | crontab -`,
    );
    const message = `The crontab has this app's entries twice, as ${second} and as ${app.root}: every command runs twice`;
    await isSaid(message);
    expect(await nextStep()).toMatchObject({ status: 0, stderr: "" });
    expect(await sh(`node laju crontab:install --root '${app.root}' --replace`)).toMatchObject({ status: 0 });
    await isMended(message);
  });

  test("another user's crontab or a system file has the entries too", async () => {
    await sh("crontab -l > mine; crontab -u nobody mine");
    const message = `The crontab of nobody also has entries for this app, with the path ${app.root}: every command runs twice`;
    await isSaid(message);
    await sh("crontab -r");
    const again = await sh("node laju crontab:install");
    expect(again.stderr).toContain(
      `✗ the crontab of nobody already has this app's entries, as ${app.root}: a second block would run`,
    );
    expect((await sh("node laju crontab:install --user nobody --dry-run")).stdout).toContain("1 unchanged");
    expect((await sh("node laju crontab:install --replace")).stdout).toContain(
      "\n  Removed 1 entry from the crontab of nobody\n",
    );
    expect((await sh("crontab -u nobody -l")).stdout).toBe("");
    expect((await sh(`cat '${data}/crontab.nobody.bak'`)).stdout).toContain("BEGIN laju");
    await sh("crontab -u nobody mine");
    await sh("crontab mine");
    expect(await nextStep()).toMatchObject({ status: 0, stderr: "" });
    expect((await sh("crontab -u nobody -l")).stdout).toBe("");
    await isMended(message);
    await sh("node laju crontab --format cron.d > /etc/cron.d/laju-app");
    expect(await firstLine()).toBe(
      `✗ /etc/cron.d/laju-app also has entries for this app, with the path ${app.root}: every command runs twice`,
    );
    expect(await nextStep()).toMatchObject({ status: 0 });
    expect(await firstLine("crontab:check")).toBe("✓ The crontab of root matches the build");
    expect((await sh("node laju crontab:check")).stdout).not.toContain("only root");
  });

  test("another block's folder is gone", async () => {
    await sh(
      `crontab -l | sed 's#${app.root}#/srv/it is gone#g' > gone; crontab -l | cat - gone | crontab -`,
    );
    const message =
      "The crontab has entries of /srv/it is gone, which no longer exists: none of them can start";
    await isSaid(message);
    expect(await nextStep()).toMatchObject({ status: 0, stderr: "" });
    await isMended(message);
  });

  test("the data disk is full", async () => {
    await sh(`dd if=/dev/zero of='${data}/filler' bs=64k`);
    const message = `The disk is full: 0 MB free at ${data}`;
    await isSaid(message);
    expect((await nextStep()).stdout).toContain("48M");
    await sh(`rm '${data}/filler'`);
    expect(await firstLine("crontab:check")).toBe("✓ The crontab of root matches the build");
  });

  test("the ledger is locked", async () => {
    const hold = `const D = require(process.version < "v22" ? "better-sqlite3-node20" : "better-sqlite3");
      new D("${data}/runs.sqlite3").exec("BEGIN IMMEDIATE"); require("fs").writeFileSync("held", ""); setTimeout(() => {}, 120000);`;
    await sh(`node -e '${hold}' > /dev/null 2>&1 & while [ ! -e held ]; do sleep 0.1; done`);
    expect(await firstLine()).toMatch(
      new RegExp(
        `^✗ The ledger ${data}/runs.sqlite3 is locked by pid \\d+ \\(node -e .*: newer runs are not shown$`,
      ),
    );
    const watched = await sh("node laju monitor");
    expect(watched.status).toBe(1);
    expect(titles()).toEqual([expect.stringMatching(/^The ledger .* is locked by pid \d+ /)]);
    expect(await nextStep()).toMatchObject({ status: 0 });
    expect(await firstLine("crontab:check")).toBe("✓ The crontab of root matches the build");
  });

  test("a server is down: status --check asks it, and status shows the last answer", async () => {
    const env = { DATABASE_URL: `postgres://u:secret@127.0.0.1:${await freePort()}/x` };
    const asked = await sh("node laju status --check", env);
    expect(asked.status).toBe(1);
    expect(asked.stdout).toMatch(/^✗ The database cannot be reached: /);
    expect(asked.stdout).not.toContain("secret");
    await until(async () =>
      /^✗ The database .* \(checked \d+s ago\)\n/.test((await sh("node laju status", env)).stdout),
    );
    await sh(`rm '${data}/stores.json'`);
  });

  test("the clock was set back", async () => {
    await sh("faketime -f +3h node build/commands/Daily.js");
    expect(await firstLine()).toMatch(
      /^✗ The clock was set back: the newest run, of Daily, started \d.* in the future$/,
    );
    await sh("node laju monitor");
    expect(titles()).toEqual([expect.stringMatching(/^The clock was set back: /)]);
    expect(await nextStep()).toMatchObject({ status: 0 });
  });
});
