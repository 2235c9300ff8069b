import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../framework/services/database/sqliteDriver";
import { type Ended, makeApp, type TestApp } from "../support/apps/app";
import { recordedRuns } from "../support/runs";
import { freePort, until } from "../support/servers/server";

const command = (body: string, imports = "", more = "") => `
import { command } from "../app/console/command";
import DB from "../app/services/DB";
import { logInfo } from "../app/services/Logger";
${imports}
export default command({ ${more} async run(context) { ${body} } });
`;

const files = {
  "commands/Plain.ts": command('console.log("worked");'),
  "commands/Inserts.ts": command(
    'await DB("visits").insert({ note: "x".repeat(1000) }); console.log("inserted");',
  ),
  "commands/Fills.ts": command(
    'await DB.transaction(async (trx) => { for (let i = 0; i < 2000; i += 1) await trx("visits").insert({ note: "x".repeat(1000) }); });',
  ),
  "commands/Mails.ts": command(
    'await Mailer.send({ to: "a@example.com", subject: "x", view: "digset" });',
    'import Mailer from "../app/services/Mailer";',
  ),
  "commands/Caches.ts": command('await Redis.set("a", 1);', 'import Redis from "../app/services/Redis";'),
  "commands/Waits.ts": command(
    `await DB.transaction(async (trx) => {
       await trx("visits").insert({ note: "half" });
       logInfo("ready");
       await new Promise((resolve) => setTimeout(resolve, 60_000));
     });`,
  ),
  "commands/Chatters.ts": command(
    'for (let i = 0; i < 2000; i += 1) logInfo("a line of a log", { i }); console.error("worked");',
  ),
  "commands/Prints.ts": command('for (let i = 0; i < 2000; i += 1) console.log("a line of a log", i);'),
  "commands/Writes.ts": command(
    'for (let i = 0; i < 2000; i += 1) process.stdout.write("a line of a log " + i + "\\n");',
  ),
  "app/views/digest.ejs": "<p>digest</p>\n",
  "app/migrations/20260601000000_visits.ts":
    'export const up = (knex) => knex.schema.createTable("visits", (table) => { table.text("note"); });\n',
};

/** An app that is built and migrated. */
let ready: TestApp;
beforeAll(async () => {
  ready = makeApp(files);
  expect(await ready.laju("build")).toMatchObject({ status: 0, stderr: "" });
  expect(await ready.laju("migrate")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => ready?.remove());

/** Expects one log line with the problem and the remedy, without a stack, and exit status 1. */
function expectSentence(
  { status, stdout, stderr }: Ended,
  message: string | RegExp,
  hint: string | RegExp,
): void {
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  const line = JSON.parse(stderr);
  expect(line).toMatchObject({ level: "error" });
  expect(line.message).toMatch(message);
  expect(line.hint).toMatch(hint);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
}

describe("a command reports", () => {
  let app: TestApp;
  beforeAll(() => {
    app = ready.copy();
  });
  afterAll(() => app?.remove());
  const start = (name: string, env: NodeJS.ProcessEnv = {}) =>
    app.run([`build/commands/${name}.js`], { env });

  test("all invalid values in .env, with their positions", async () => {
    app.write(".env", "SMTP_PORT=abc\nLOG_LEVEL=loud\nDATABASE_URL=oracle://x:secret@y/z\n");
    const expected = `3 invalid settings:
  DATABASE_URL is not a URL of the form postgres://… or postgresql://… or mysql://… or mariadb://… or file:…
  LOG_LEVEL is "loud", expected one of error, warn, info, http, debug
  SMTP_PORT is "abc", expected a whole number from 1 to 65535
  Fix it in ${join(app.root, ".env")} or in the environment. .env.example explains each setting.
`;
    expect(await start("Plain")).toMatchObject({ status: 1, stdout: "", stderr: expected });
    expect((await app.laju("migrate")).stderr).toBe(`✗ ${expected}`);
    // Verbs that don't need the invalid settings still work, so that users can find the problem.
    expect(await app.laju("list")).toMatchObject({ status: 0, stderr: "" });
    app.write(".env", "");
    expect(await start("Plain")).toMatchObject({ status: 0, stdout: "worked\n", stderr: "" });
  });

  test("an invalid line of .env, whatever it is asked to do", async () => {
    app.write(".env", "LOG_LEVEL=info\n\nMONITOR: true\nSMTP_HOST\nNODE_ENV=demo\n");
    const file = join(app.root, ".env");
    const expected = `2 invalid settings:
  ${file}:3  "MONITOR: …" is not a setting; write it as NAME=value
  ${file}:4  "SMTP_HOST" is not a setting; write it as NAME=value
  Fix it in ${file} or in the environment. .env.example explains each setting.
`;
    expect(await start("Plain")).toMatchObject({ status: 1, stdout: "", stderr: expected });
    for (const verb of [["list"], ["run", "Plain"], ["explain", "@daily"], ["build"]]) {
      const ended = await app.laju(...verb);
      expect(ended, verb.join(" ")).toMatchObject({ status: 1, stdout: "" });
      expect(ended.stderr).toBe(`✗ ${expected}`);
    }
    const fromSource = await app.run(["--import", "tsx", "commands/Plain.ts"]);
    expect(fromSource).toMatchObject({ status: 1, stdout: "" });
    expect(fromSource.stderr).toContain(`${file}:4  "SMTP_HOST" is not a setting`);
    expect((await app.laju("list", "--help")).status).toBe(0);
    const doctor = await app.laju("doctor", "--json");
    expect(doctor.status).toBe(1);
    expect(JSON.parse(doctor.stdout)).toContainEqual(
      expect.objectContaining({
        name: "settings",
        state: "bad",
        message: expect.stringContaining(`${file}:3`),
      }),
    );
    rmSync(file);
  });

  test.each([
    ["a named pipe", (path: string) => void execFileSync("mkfifo", [path])],
    ["a device", (path: string) => symlinkSync("/dev/zero", path)],
  ])("%s instead of a file, without waiting for it", async (_, make) => {
    const inPlaceOf = async (path: string, ...starts: (() => Promise<Ended>)[]) => {
      rmSync(join(app.root, path), { force: true });
      make(join(app.root, path));
      const ended = [];
      for (const begin of starts) ended.push(await begin());
      rmSync(join(app.root, path));
      for (const { stderr } of ended) expect(stderr).toMatch(/ is (not a regular file|a symlink)/);
      for (const { stderr } of ended) expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
      return ended.map(({ status, stdout }) => [status, stdout]);
    };
    const plain = () => start("Plain");
    const verb = (name: string) => () => app.laju(name);
    const failed = [1, ""];
    expect(await inPlaceOf(".env", plain, verb("list"))).toEqual([failed, failed]);
    expect(await inPlaceOf("schedule.json", plain, verb("list"))).toEqual([[0, "worked\n"], failed]);
    expect(await inPlaceOf("data/paused.json", plain, verb("resume"))).toEqual([[0, "worked\n"], failed]);
    expect(await inPlaceOf("commands/Other.ts", verb("list"))).toEqual([
      [1, expect.stringContaining("Plain")],
    ]);
    rmSync(join(app.root, "data/runs.sqlite3-wal"), { force: true });
    rmSync(join(app.root, "data/runs.sqlite3-shm"), { force: true });
    expect(await inPlaceOf("data/runs.sqlite3", verb("runs"))).toEqual([failed]);
  });

  test("an unreadable .env", async () => {
    rmSync(join(app.root, ".env"), { force: true });
    app.write(".env/folder", "");
    const ended = await start("Plain");
    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).toContain(`${join(app.root, ".env")} cannot be read: `);
    expect(ended.stderr).not.toMatch(/\bat .*:\d+:\d+/);
    const listed = await app.laju("list");
    expect(listed).toMatchObject({ status: 1, stdout: "" });
    expect(listed.stderr).toContain(`${join(app.root, ".env")} cannot be read: `);
    rmSync(join(app.root, ".env"), { recursive: true });
  });

  test.each(["postgres", "mysql"])("an unreachable database (%s)", async (protocol) => {
    const port = await freePort();
    const env = { DATABASE_URL: `${protocol}://app:secret@127.0.0.1:${port}/app` };
    const ended = await start("Inserts", env);
    expectSentence(ended, `127.0.0.1:${port}`, /DATABASE_URL|running|reach/i);
    expect(ended.stderr).not.toContain("secret");
    const migrated = await app.run(["laju", "migrate"], { env });
    expect(migrated.status).toBe(1);
    expect(migrated.stderr).toMatch(new RegExp(`^✗ .*127\\.0\\.0\\.1:${port}`));
    expect(migrated.stderr).not.toMatch(/secret|\bat .*:\d+:\d+/);
  });

  test("a missing view", async () => {
    expectSentence(
      await start("Mails"),
      /^there is no view .*\/build\/app\/views\/digset\.ejs$/,
      "Did you mean digest?",
    );
  });

  test("a missing Redis", async () => {
    const port = await freePort();
    const startedAt = Date.now();
    const ended = await start("Caches", { REDIS_URL: `redis://127.0.0.1:${port}` });
    expectSentence(
      ended,
      new RegExp(`^Redis at 127.0.0.1:${port} .*cannot be used: .*ECONNREFUSED`),
      "Check that Redis is running there.",
    );
    expect(Date.now() - startedAt).toBeLessThan(8000);
  });
});

describe("a migration that fails halfway", () => {
  test("is reported, leaves nothing behind, and runs once it is fixed", async () => {
    const app = makeApp(files);
    const migration = (failing: string) => `
      export async function up(knex) {
        await knex.schema.createTable("half", (table) => { table.increments("id"); });
        await knex("half").insert({ id: 1 });
        ${failing}
      }
      export const down = (knex) => knex.schema.dropTable("half");
    `;
    app.write("app/migrations/20260602000000_half.ts", migration('await knex("nowhere").insert({ id: 2 });'));
    expect(await app.laju("build")).toMatchObject({ status: 0 });
    const failed = await app.laju("migrate");
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(
      /^✗ the migration 20260602000000_half failed and was rolled back: .*no such table: nowhere/,
    );
    expect(failed.stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(tablesOf(app)).not.toContain("half");
    expect((await app.laju("migrate:status")).stdout).toMatch(/20260602000000_half/);

    app.write("app/migrations/20260602000000_half.ts", migration(""));
    await app.laju("build");
    expect(await app.laju("migrate")).toMatchObject({ status: 0, stderr: "" });
    expect(tablesOf(app)).toContain("half");

    const alone = `export const config = { transaction: false };
      export async function up(knex) { await knex.schema.createTable("kept", (table) => table.text("note")); throw new Error("no more"); }`;
    app.write("app/migrations/20260603000000_alone.ts", alone);
    const { stderr } = await app.laju("migrate");
    expect(stderr).toMatch(
      /^✗ the migration 20260603000000_alone failed: no more\n +It runs without a transaction/,
    );
    expect(tablesOf(app)).toContain("kept");
    app.remove();
  });
});

describe("one invalid file among 20 valid ones", () => {
  let app: TestApp;
  const names = Array.from({ length: 20 }, (_, index) => `Good${index}`);
  const good = (name: string) =>
    command(`console.log("${name}");`, "", `schedule: "${/\d+/.exec(name)} 3 * * *",`);
  beforeAll(async () => {
    app = makeApp(
      Object.fromEntries([...names, "Good59"].map((name) => [`commands/${name}.ts`, good(name)])),
    );
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    app.write("commands/Good59.ts", `${good("Good59")}\nconst x = = 5;\n`);
    app.write("commands/New.ts", good("New0"));
  });
  afterAll(() => app?.remove());
  const complaint = /^✗ commands\/Good59\.ts:8:11 {2}Unexpected token/;

  test("is reported, and the others are built, listed and run", async () => {
    const built = await app.laju("build");
    expect(built.status).toBe(1);
    expect(built.stderr).toMatch(complaint);
    const listed = await app.laju("list");
    expect(listed.status).toBe(1);
    expect(listed.stderr).toMatch(complaint);
    for (const name of [...names, "New"]) expect(listed.stdout).toContain(name);
    const ran = await app.laju("run", "New", ...names.slice(0, 3));
    expect(ran).toMatchObject({ status: 0, stdout: "New0\nGood0\nGood1\nGood2\n" });
  });

  test("keeps its last good build and its crontab entry, and blocks crontab:install", async () => {
    expect(await app.run(["build/commands/Good59.js"])).toMatchObject({ status: 0, stdout: "Good59\n" });
    expect((await app.laju("crontab")).stdout).toContain("59 3 * * * cd ");
    const bin = join(app.root, "bin");
    app.write("bin/crontab", '#!/bin/sh\necho "$@" >> called\nexit 1\n');
    chmodSync(join(bin, "crontab"), 0o755);
    const installed = await app.run(["laju", "crontab:install"], {
      env: { PATH: `${bin}:${process.env.PATH}` },
    });
    expect(installed.status).toBe(1);
    expect(installed.stderr).toContain("commands/Good59.ts");
    // crontab(1) was only asked for its version and for the current crontab, not to install one.
    expect(new Set(app.read("called").trim().split("\n"))).toEqual(new Set(["-V", "-l"]));
  });
});

const isRoot = process.getuid?.() === 0;

/** Runs laju as a user who can't write everywhere. If root runs the tests, it gives up root's capabilities. */
function asOrdinaryUser(app: TestApp, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  if (!isRoot) return app.run(args, { env });
  const words = ["--inh-caps=-all", "--bounding-set=-all", process.execPath, ...args];
  return app.run(words, { program: "setpriv", env });
}

describe("a read-only folder", () => {
  let app: TestApp;
  beforeAll(() => {
    app = ready.copy();
  });
  afterAll(() => app?.remove());

  test("data/: commands that don't need it run unrecorded, others say why they cannot run", async () => {
    const locked = join(app.root, "locked");
    mkdirSync(locked, { mode: 0o555 });
    const env = { LAJU_DATA: locked };
    const done = await asOrdinaryUser(app, ["build/commands/Plain.js"], env);
    expect(done).toMatchObject({ status: 0, stdout: "worked\n" });
    expect(done.stderr).toMatch(/^laju: this run of Plain is not recorded: .*locked/m);
    expect(done.stderr).not.toMatch(/\bat .*:\d+:\d+/);

    const failed = await asOrdinaryUser(app, ["build/commands/Inserts.js"], env);
    expect(failed).toMatchObject({ status: 1, stdout: "" });
    expect(failed.stderr).toContain(`the database ${join(locked, "dev.sqlite3")} cannot be opened`);
    expect(failed.stderr).not.toMatch(/\bat .*:\d+:\d+/);

    const migrated = await asOrdinaryUser(app, ["laju", "migrate"], env);
    expect(migrated.status).toBe(1);
    expect(migrated.stderr).toMatch(/^✗ the database .*dev\.sqlite3 cannot be opened/);
    expect(migrated.stderr).not.toMatch(/\bat .*:\d+:\d+/);

    const listed = await asOrdinaryUser(app, ["laju", "runs"], env);
    expect(listed.status).toBe(1);
    expect(listed.stderr).toMatch(/^✗ .*locked/);
    expect(listed.stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });

  test("a read-only database", async () => {
    const data = join(app.root, "data");
    for (const file of readdirSync(data)) if (file.startsWith("dev.")) chmodSync(join(data, file), 0o444);
    const failed = await asOrdinaryUser(app, ["build/commands/Inserts.js"]);
    expect(failed).toMatchObject({ status: 1, stdout: "" });
    expect(failed.stderr).toMatch(/readonly database|cannot be (opened|written)/);
    for (const file of readdirSync(data)) if (file.startsWith("dev.")) chmodSync(join(data, file), 0o644);
    expect(await app.run(["build/commands/Inserts.js"])).toMatchObject({ status: 0, stdout: "inserted\n" });
  });

  test("logs/: crontab:install reports it before cron loses any output", async () => {
    app.write("commands/Timed.ts", command("", "", 'schedule: "0 8 * * *",'));
    expect(await app.laju("build")).toMatchObject({ status: 0 });
    const logs = join(app.root, "locked-logs");
    mkdirSync(logs, { mode: 0o555 });
    const bin = join(app.root, "bin");
    app.write(
      "bin/crontab",
      '#!/bin/sh\n[ "$1" = -l ] && exit 0\n[ "$1" = -V ] && exit 1\ncat >> installed\n',
    );
    chmodSync(join(bin, "crontab"), 0o755);
    const env = { PATH: `${bin}:${process.env.PATH}`, LAJU_LOGS: logs };
    const installed = await asOrdinaryUser(app, ["laju", "crontab:install"], env);
    expect(installed.status).toBe(1);
    expect(installed.stderr).toContain("locked-logs");
    expect(installed.stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(existsSync(join(app.root, "installed"))).toBe(false);
  });
});

const needsRoot = isRoot || process.env.CI === "true";

describe.skipIf(!needsRoot)(`a full disk${needsRoot ? "" : " (needs root)"}`, () => {
  let app: TestApp;
  beforeAll(() => {
    app = ready.copy();
    mkdirSync(join(app.root, "small"));
  });
  afterAll(() => app?.remove());

  /** Runs a shell script in a private mount namespace, in which small/ is a disk of this size. */
  function onSmallDisk(size: string, script: string): Promise<Ended> {
    const words = ["--mount", "sh", "-euc", `mount -t tmpfs -o size=${size} none small\n${script}`];
    return app.run(words, { program: "unshare", env: { LAJU_DATA: join(app.root, "small") } });
  }

  test("does not stop a command: the run is unrecorded and says so", async () => {
    const ended = await onSmallDisk(
      "8k",
      "head -c 8192 /dev/zero > small/full\nnode build/commands/Plain.js",
    );
    expect(ended).toMatchObject({ status: 0, stdout: "worked\n" });
    expect(ended.stderr).toMatch(/^laju: this run of Plain is not recorded: .*(disk|full|ENOSPC)/m);
  });

  test("rolls back a transaction that does not fit, and leaves the database intact", async () => {
    const ended = await onSmallDisk(
      "800k",
      `node laju migrate >&2
       node build/commands/Inserts.js
       node build/commands/Fills.js || echo "failed with $?"
       rm small/runs.sqlite3*
       cp small/dev.sqlite3* "${join(app.root, "data")}"`,
    );
    expect(ended.stdout).toContain("inserted\n");
    expect(ended.stdout).toContain("failed with 1\n");
    expect(ended.stderr).toMatch(/database or disk is full/);
    expect(notesIn(app)).toHaveLength(1);
  });

  test("loses log lines, but no work", async () => {
    const ended = await onSmallDisk("64k", "LAJU_DATA=$PWD/data node build/commands/Chatters.js > small/log");
    expect(ended.status).toBe(0);
    expect(ended.stderr).toContain("laju: standard output cannot be written (ENOSPC)\n");
    expect(ended.stderr).toContain("worked");
    expect(recordedRuns(app.root, "Chatters")[0]).toMatchObject({ state: "succeeded", exitStatus: 0 });
  });

  test.each(["Chatters", "Prints", "Writes"])("counts and reports every line that %s lost", async (name) => {
    const ended = await onSmallDisk(
      "12k",
      `LAJU_DATA=$PWD/data node build/commands/${name}.js > small/log; cp small/log ${name}.log`,
    );
    const written = app.read(`${name}.log`).split("\n").length - 1;
    const loss = `lost ${2000 - written} lines of its output: the disk is full (ENOSPC)`;
    expect(written).toBeGreaterThan(50);
    expect(ended.stderr).toContain(`laju: ${name} ${loss}\n`);
    const [run] = recordedRuns(app.root, name);
    expect(run).toMatchObject({
      state: "succeeded",
      lostOutput: { lines: 2000 - written, code: "ENOSPC" },
    });
    expect((await app.laju("runs", name)).stdout).toContain("output lost");
    expect((await app.laju("runs", "show", String(run?.id))).stdout).toMatch(
      / output +lost \d+ lines of its/,
    );
    const status = await app.laju("status", name, "--check");
    expect(status.stdout).toContain(loss);
    expect(status.stdout).toMatch(new RegExp(`✗ ${name} `));
  });

  test("lines lost because the reader exited do no harm", async () => {
    const script = "node build/commands/Writes.js | head -n 1; echo done";
    expect(await app.run(["-c", script], { program: "sh" })).toMatchObject({
      ...{ status: 0, stdout: "a line of a log 0\ndone\n" },
      stderr: expect.stringMatching(
        /^laju: Writes lost \d+ lines of its output: the program that read it has exited/,
      ),
    });
    expect(recordedRuns(app.root, "Writes")[0]).toMatchObject({
      ...{ state: "succeeded", lostOutput: { code: "EPIPE" } },
    });
  });
});

describe("a run that is killed in a transaction", () => {
  let app: TestApp;
  beforeAll(() => {
    app = ready.copy();
  });
  afterAll(() => app?.remove());

  test.each([
    ["SIGTERM", { state: "failed", exitStatus: 143, error: "ended by SIGTERM" }],
    ["SIGKILL", { state: "lost", exitStatus: null }],
  ] as const)("by %s leaves nothing half done, and the next one succeeds", async (signal, expected) => {
    const child = spawn(process.execPath, ["build/commands/Waits.js"], { cwd: app.root });
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    await until(() => output.includes("ready"));
    expect(recordedRuns(app.root, "Waits")[0]).toMatchObject({ state: "running" });
    child.kill(signal);
    await once(child, "close");
    const [run] = JSON.parse((await app.laju("runs", "Waits", "--json")).stdout);
    expect(run).toMatchObject(expected);
    expect(notesIn(app)).not.toContain("half");
    expect(await app.run(["build/commands/Inserts.js"])).toMatchObject({ status: 0, stdout: "inserted\n" });
  });
});

describe("the very first run", () => {
  test("may be eight simultaneous runs: all succeed and are recorded, without warnings", async () => {
    const app = ready.copy();
    rmSync(join(app.root, "data"), { recursive: true });
    const all = await Promise.all(Array.from({ length: 8 }, () => app.run(["build/commands/Plain.js"])));
    for (const ended of all)
      expect(ended).toEqual({ status: 0, signal: null, stdout: "worked\n", stderr: "" });
    expect(recordedRuns(app.root, "Plain").map(({ state }) => state)).toEqual(Array(8).fill("succeeded"));
    app.remove();
  });

  test("may be two starts of a scheduled command: one runs and one is skipped", async () => {
    const app = makeApp({
      "commands/Timed.ts": command(
        'console.log("worked"); await new Promise((resolve) => setTimeout(resolve, 1500));',
        "",
        'schedule: "0 8 * * *",',
      ),
    });
    expect(await app.laju("build")).toMatchObject({ status: 0 });
    const both = await Promise.all([1, 2].map(() => app.run(["build/commands/Timed.js"])));
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both.map(({ stdout }) => stdout).join("")).toBe("worked\n");
    expect(
      recordedRuns(app.root, "Timed")
        .map(({ state }) => state)
        .sort(),
    ).toEqual(["skipped", "succeeded"]);
    app.remove();
  });
});

function tablesOf(app: TestApp): string[] {
  return query(app, "SELECT name FROM sqlite_master WHERE type = 'table'");
}

function notesIn(app: TestApp): string[] {
  return query(app, "SELECT note FROM visits");
}

function query(app: TestApp, sql: string): string[] {
  const database = openSqlite(join(app.root, "data", "dev.sqlite3"), { mustExist: true });
  try {
    return database.prepare(sql).pluck().all() as string[];
  } finally {
    database.close();
  }
}
