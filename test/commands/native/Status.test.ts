import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../../support/crontab/fakeCrontab";
import { withLedger } from "../../support/ledger";
import { until } from "../../support/servers/server";

const minutely = (body: string, meta = "") =>
  `import { command } from "../app/console/command";
   import { existsSync } from "node:fs";
   export default command({ schedule: "* * * * *", ${meta} async run({ signal }) { ${body} } });`;

describe("status", () => {
  let app: TestApp;
  let cron: FakeCrontab;
  let now: Date;

  beforeAll(async () => {
    cron = fakeCrontab();
    app = makeApp({
      "commands/Fragile.ts": minutely(
        'if (existsSync("broken")) throw new Error("no rows"); return "12 rows";',
      ),
      "commands/Elsewhere.ts": minutely("", 'environments: ["production"],'),
      "commands/ByHand.ts": `console.log("by hand"); process.exit(existsSync("broken") ? 1 : 0);
        import { existsSync } from "node:fs";`,
      "commands/Long.ts": `import { command } from "../app/console/command";
        export default command({ async run({ signal }) {
          await new Promise((resolve) => { setTimeout(resolve, 60_000); signal.addEventListener("abort", resolve); });
        } });`,
    });
    expect((await app.laju("build")).stderr).toBe("");
    now = new Date();
  });
  afterAll(() => {
    app.remove();
    cron.remove();
  });

  const laju = (...args: string[]) =>
    app.run(["laju", ...args], { env: { PATH: `${cron.folder}/bin:${process.env.PATH}` } });
  /** Starts a command as cron does: without a terminal, and with its output in the log. */
  const start = (name: string) => {
    mkdirSync(join(app.root, "logs"), { recursive: true });
    const log = openSync(join(app.root, "logs", `${name}.log`), "a");
    const cwd = join(app.root, "build");
    const env = { ...process.env, NODE_ENV: "" };
    const child = spawn(process.execPath, [`commands/${name}.js`], { cwd, env, stdio: ["ignore", log, log] });
    closeSync(log);
    return child;
  };
  const run = async (name: string) => once(start(name), "close");
  const json = async (...args: string[]) => JSON.parse((await laju("status", "--json", ...args)).stdout);

  test("says that nothing is installed yet, and that this needs attention", async () => {
    const { stdout, status } = await laju("status", "--check");
    expect(status).toBe(1);
    expect(stdout).toContain("  ○ Fragile   never   not installed\n");
    expect(stdout).toContain("has no entries of this app\n  Run `node laju crontab:install`.\n");
  });

  test("a new installation is up to date, and nothing is overdue", async () => {
    expect((await laju("crontab:install", "--yes", "--node", "/usr/bin/env")).status).toBe(0);
    const { stdout, status, stderr } = await laju("status", "--check");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    // The options with which crontab:install was called don't count as differences.
    expect(stdout).toMatch(/The crontab of \w+ matches the build\n$/);
  });

  test("shows a success, a failure and their messages", async () => {
    await run("Fragile");
    expect((await laju("status", "--check")).stdout).toMatch(
      /✓ Fragile +(now|\ds ago) +[\d.]+m?s +next in \d+m?s? +12 rows\n/,
    );
    app.write("broken", "");
    await run("Fragile");
    const failed = await laju("status", "Fragile", "--check");
    expect(failed.status).toBe(1);
    expect(failed.stdout).toMatch(/✗ Fragile +(now|\ds ago) .* exit 1 .* Error: no rows/);
    rmSync(join(app.root, "broken"));
    await run("Fragile");
    expect((await laju("status", "--check")).status).toBe(0);
  });

  test("failed commands come first, and patterns select commands", async () => {
    app.write("broken", "");
    await run("Fragile");
    const { stdout } = await laju("status");
    expect(stdout).toMatch(
      /^\n {2}✗ Fragile .*\n {2}○ ByHand .*\n {2}○ Long .*\n {2}Not started here: Elsewhere \(only in production\)\n/,
    );
    expect((await laju("list")).stdout).toMatch(/^\n✗ .* Fragile .*\n {2}.* ByHand/);
    expect((await json("[EF]*")).commands.map(({ name }: { name: string }) => name)).toEqual([
      "Elsewhere",
      "Fragile",
    ]);
    rmSync(join(app.root, "broken"));
    await run("Fragile");
    expect((await laju("list")).stdout).not.toContain("✗");
  });

  test("status and list say that the build is older than a source, and agree on the next start", async () => {
    const source = app.read("commands/Fragile.ts");
    app.write("commands/Fragile.ts", source.replace('"* * * * *"', '"0 5 1 1 *"'));
    const [status, list] = [await laju("status"), await laju("list")];
    const note = "The build is older than its sources: commands/Fragile.ts changed. Run npm run build.\n";
    expect([status.stderr, list.stderr]).toEqual([note, note]);
    expect(list.stdout).toMatch(/0 5 1 1 \* {2}Fragile \.* next in (\d+s|1m)\n/);
    expect(status.stdout).toMatch(/ Fragile .* next in (\d+s|1m) /);
    // The crontab is not out of date: it starts what was built.
    expect(status.stdout).toContain(" matches the build\n");
    app.write("commands/Fragile.ts", source);
    expect([(await laju("status")).stderr, (await laju("list")).stderr]).toEqual(["", ""]);
  });

  test("status and list say that a command was never built", async () => {
    app.write("commands/Added.ts", "export const run = () => 1;\n");
    const note = "The build is older than its sources: commands/Added.ts is new. Run npm run build.\n";
    const [status, list] = [await laju("status"), await laju("list")];
    expect([status.stderr, list.stderr]).toEqual([note, note]);
    expect(list.stdout).toContain(" Added\n");
    rmSync(join(app.root, "commands/Added.ts"));
  });

  test("shows runs of several commands, including a removed one", async () => {
    withLedger(join(app.root, "data"), (ledger) =>
      ledger
        .prepare(
          `INSERT INTO runs (name, host, pid, args, started_at, finished_at, state, has_lock)
           VALUES ('old/Gone', 'h', 1, '[]', ?, ?, 'succeeded', 0)`,
        )
        .run(Date.now(), Date.now() + 10),
    );
    const names = async (...args: string[]) => {
      const { stdout } = await laju("runs", "--json", ...args);
      return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    };
    expect(await names("--limit", "2", "Fragile", "old/Gone")).toEqual(["old/Gone", "Fragile"]);
    expect(await names("old/")).toEqual(["old/Gone"]);
    expect(await names("g*")).toEqual(["old/Gone"]);
    expect(await names("Long")).toEqual([]);
    expect(await laju("runs", "old/Gon")).toMatchObject({
      status: 2,
      stderr: '✗ there is no command "old/Gon"\n  Did you mean old/Gone?\n',
    });
  });

  test("runs of several commands: failed ones first, others by --sort, and a note about failures not shown", async () => {
    await run("ByHand");
    const shown = async (...args: string[]) => {
      const lines = (await laju("runs", ...args)).stdout.split("\n").map((line) => line.trim());
      return lines.filter((line) => line !== "").map((line) => line.replace(/^(. )\d+ +([\w/]+) .*/, "$1$2"));
    };
    expect((await shown()).slice(0, 3)).toEqual(["✗ Fragile", "✗ Fragile", "✓ ByHand"]);
    expect((await shown("--sort", "newest"))[0]).toBe("✓ ByHand");
    expect((await shown("--sort", "next"))[0]).toBe("✓ Fragile");
    expect((await shown("Fragile"))[0]).toBe("✓ Fragile");
    expect(await shown("--limit", "1")).toEqual([
      "✓ ByHand",
      "2 earlier runs of the last day failed: node laju runs --failed",
    ]);
    expect(await laju("runs", "--sort", "nxt")).toMatchObject({
      status: 2,
      stderr: '✗ cannot sort by "nxt"\n  Did you mean --sort next?\n',
    });
  });

  test("a notification being sent is no problem, but a refused one is", async () => {
    const data = join(app.root, "data");
    withLedger(data, (ledger) =>
      ledger
        .prepare(
          `INSERT INTO notices (name, event, channel, created_at, claimed_until, attempts)
           VALUES ('Fragile', 'failure', 'webhook', @now, @now + 120000, 1)`,
        )
        .run({ now: Date.now() }),
    );
    expect((await laju("status")).stdout).not.toContain("notice");
    withLedger(data, (ledger) => ledger.exec("UPDATE notices SET error = '403 Forbidden'"));
    expect((await laju("status")).stdout).toMatch(/^✗ 1 notice undelivered for \d+s, to the webhook: 403/);
    withLedger(data, (ledger) => ledger.exec("DELETE FROM notices"));
  });

  test("a command killed in mid-run is lost", async () => {
    const child = start("Long");
    await until(async () => (await json("Long")).commands[0].running !== null);
    expect((await laju("status", "Long")).stdout).toContain("● Long   running");
    child.kill("SIGKILL");
    await once(child, "close");
    const [row] = (await json("Long")).commands;
    expect(row).toMatchObject({ running: null, last: { state: "lost" }, isScheduled: false, troubles: [] });
  });

  test("a missed start is overdue", async () => {
    const file = "data/installation.json";
    const installation = JSON.parse(app.read(file));
    const hour = 3_600_000;
    installation.commands.Fragile.since = now.getTime() - 2 * hour;
    app.write(file, JSON.stringify(installation));
    withLedger(join(app.root, "data"), (ledger) =>
      ledger
        .prepare("UPDATE runs SET started_at = started_at - ?, finished_at = finished_at - ?")
        .run(hour, hour),
    );
    const status = await json("Fragile", "--check");
    expect(status.needsPerson).toEqual([expect.stringMatching(/^Fragile was due (59m|1h) ago$/)]);
  });

  test("another build's entries count as drift; a command of another environment is not missing", async () => {
    app.write("commands/Fragile.ts", minutely("").replace("* * * * *", "5 * * * *"));
    await laju("build");
    const status = await json();
    expect(status.crontab).toMatchObject({ state: "older than the build", isBad: true });
    expect(status.needsPerson).toEqual([expect.stringContaining("is older than the build")]);
    expect(status.commands[0]).toMatchObject({ name: "ByHand", isScheduled: false, nextRun: null });
    expect(status.commands[1]).toMatchObject({ name: "Elsewhere", isScheduled: false, troubles: [] });
  });

  test("removed entries are no problem once commands have run, but no start is promised", async () => {
    await laju("crontab:remove");
    const { status, stdout } = await laju("status", "--check");
    expect(status).toBe(0);
    expect(stdout).toMatch(/ Fragile .* not installed/);
    expect(stdout).not.toContain("next in");
  });

  test("list marks a command without a schedule once its failure opened an incident", async () => {
    app.write("broken", "");
    await run("ByHand");
    expect((await laju("list")).stdout).toMatch(/✗ .* ByHand/);
    rmSync(join(app.root, "broken"));
    await run("ByHand");
    expect((await laju("list")).stdout).not.toMatch(/✗ .* ByHand/);
  });

  test("a command that does not exist is a usage error", async () => {
    expect(await laju("status", "Fragil")).toMatchObject({
      status: 2,
      stderr: '✗ there is no command "Fragil"\n  Did you mean Fragile?\n',
    });
  });
});
