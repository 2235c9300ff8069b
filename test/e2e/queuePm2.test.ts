import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openSqlite } from "../../framework/services/database/sqliteDriver";
import { makeApp, type TestApp } from "../support/apps/app";
import { fixture } from "../support/apps/fixture";
import { needs } from "../support/servers/requirement";
import { until } from "../support/servers/server";

const project = join(import.meta.dirname, "..", "..");
const documented = readFileSync(join(project, "docs", "reference", "queue.md"), "utf8");
const systemd = needs("systemd-analyze");

/** The code block in docs/reference/queue.md that contains this line. */
function documentedFile(line: string): string {
  const blocks = [...documented.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, text]) => text as string);
  const found = blocks.find((text) => text.split("\n").includes(line));
  if (found === undefined) throw new Error(`docs/reference/queue.md has no block with ${line}`);
  return found;
}

const files = {
  "commands/Worker.ts": fixture("commands/Worker.ts"),
  "app/jobs/Note.ts": `
    import { job, type JobContext } from "../queue/job";
    import DB from "../services/DB";
    export default job("Note", {
      async run({ data, job }: JobContext<{ ms: number }>) {
        await DB("notes").insert({ job: job.id, pid: process.pid });
        await new Promise((resolve) => setTimeout(resolve, data.ms));
        return { pid: process.pid };
      },
    });`,
  // A script that queues a job every few milliseconds, or just one job.
  "commands/Push.ts": `
    import Note from "../app/jobs/Note";
    (async () => {
      const [count, ms] = process.argv.slice(2).map(Number);
      for (let i = 0; i < count; i++) {
        await Note.push({ ms });
        if (count > 1) await new Promise((resolve) => setTimeout(resolve, 8));
      }
      process.exit(0);
    })();`,
  "app/migrations/20260601000000_notes.ts": `
    export const up = (knex) => knex.schema.createTable("notes", (table) => {
      table.integer("job"); table.integer("pid");
    });`,
};

describe("the built worker", () => {
  let app: TestApp;
  let home: string;
  let database: Database;
  beforeAll(async () => {
    app = makeApp({ ...files, "ecosystem.config.cjs": documentedFile("// ecosystem.config.cjs") });
    home = mkdtempSync(join(tmpdir(), "laju-pm2-"));
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await app.laju("migrate")).toMatchObject({ status: 0 });
    database = openSqlite(join(app.root, "data", "dev.sqlite3"));
  });
  afterAll(() => {
    pm2("kill");
    database?.close();
    app?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  function pm2(...args: string[]): string {
    const env = { PATH: process.env.PATH, HOME: home, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: "true" };
    const program = join(app.root, "node_modules", ".bin", "pm2");
    const ended = spawnSync(program, args, { cwd: app.root, encoding: "utf8", env });
    if (ended.status !== 0) throw new Error(`pm2 ${args.join(" ")}: ${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }
  const processes = (): Pm2Process[] => JSON.parse(pm2("jlist").replace(/^[^[]*/, ""));
  const count = (sql: string) => database.prepare<[], number>(sql).pluck().get() as number;
  const workers = () => count("select count(*) from queue_workers");
  const unfinished = () => count("select count(*) from jobs where status <> 'completed'");
  // An attempt doesn't count if the worker returned the job.
  const repeated = () => count("select count(*) from jobs where attempts - spent <> 1");
  const begun = () => count("select count(*) from notes");

  test("four workers under pm2, with the documented file: a reload loses and repeats nothing", async () => {
    pm2("start", "ecosystem.config.cjs");
    await until(() => workers() === 4, { limit: 60_000, what: "four workers being there" });
    const before = processes();
    expect(before.map(({ pm2_env }) => [pm2_env.exec_mode, pm2_env.status, pm2_env.restart_time])).toEqual(
      Array(4).fill(["cluster_mode", "online", 0]),
    );
    const pushing = spawn(process.execPath, ["build/commands/Push.js", "500", "30"], { cwd: app.root });
    const pushed = once(pushing, "close");
    await until(() => begun() > 20, { what: "jobs being begun" });
    pm2("reload", "ecosystem.config.cjs");
    expect((await pushed)[0]).toBe(0);
    await until(() => unfinished() === 0, { limit: 30_000, what: "all jobs being completed" });
    expect({ begun: begun(), repeated: repeated() }).toEqual({ begun: 500, repeated: 0 });
    const pids = processes().map(({ pid }) => pid);
    expect(pids.filter((pid) => before.some((one) => one.pid === pid))).toEqual([]);
    expect(processes().map(({ pm2_env }) => [pm2_env.status, pm2_env.unstable_restarts])).toEqual(
      Array(4).fill(["online", 0]),
    );
    pm2("delete", "ecosystem.config.cjs");
    await until(() => workers() === 0, { what: "the workers being gone" });
  });

  test("one worker in pm2's fork mode keeps running, and finishes its job when stopped", async () => {
    pm2("start", "build/commands/Worker.js", "--name", "forked", "--kill-timeout", "30000");
    await until(() => workers() === 1, { what: "the worker being there" });
    const first = begun();
    expect(await app.run(["build/commands/Push.js", "1", "1500"])).toMatchObject({ status: 0 });
    await until(() => begun() === first + 1, { what: "the job being begun" });
    pm2("stop", "forked");
    expect({ unfinished: unfinished(), repeated: repeated() }).toEqual({ unfinished: 0, repeated: 0 });
    expect(processes()[0]?.pm2_env).toMatchObject({
      exec_mode: "fork_mode",
      status: "stopped",
      exit_code: 0,
    });
    expect(processes()[0]?.pm2_env.restart_time).toBe(0);
    pm2("delete", "forked");
  });

  test("a plain pm2 restart loses nothing, and repeats only jobs that could not finish in time", async () => {
    pm2("start", "build/commands/Worker.js", "--name", "plain");
    await until(() => workers() === 1, { what: "the worker being there" });
    const said = () => readFileSync(join(home, "logs", "plain-out.log"), "utf8");
    await until(() => said().includes("1.2s (pm2 kills after 1600 ms)"), { what: "how long it waits" });
    const [last, runs] = [count("select coalesce(max(id), 0) from jobs"), begun()];
    // The worker aborts the second job after 1.2 s, but its handler continues.
    await app.run(["build/commands/Push.js", "1", "500"]);
    await app.run(["build/commands/Push.js", "1", "6000"]);
    await until(() => begun() === runs + 2, { what: "both jobs being begun" });
    pm2("restart", "plain");
    await until(() => unfinished() === 0, { limit: 40_000, what: "both jobs being completed" });
    expect(repeated()).toBe(0);
    const times = `select count(*) from notes where job > ${last} group by job order by job`;
    expect(database.prepare<[], number>(times).pluck().all()).toEqual([1, 2]);
    expect(processes()[0]?.pm2_env).toMatchObject({
      status: "online",
      restart_time: 1,
      unstable_restarts: 0,
    });
    pm2("delete", "plain");
    await until(() => workers() === 0, { what: "the worker being gone" });
  });

  describe.skipIf(systemd.skip)(`under systemd${systemd.label}`, () => {
    const unit = () => documentedFile("Description=Queue worker");

    test("the documented unit is valid", () => {
      const file = join(home, "laju-worker.service");
      writeFileSync(file, unit().replaceAll("/srv/app", app.root).replace("User=app", "User=root"));
      const checked = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
      expect({ status: checked.status, said: checked.stdout + checked.stderr }).toEqual({
        status: 0,
        said: "",
      });
    });

    test("its worker finishes its job on SIGTERM and exits with status 0", async () => {
      const [, line] = /^ExecStart=(.*)$/m.exec(unit()) ?? [];
      const [node, ...args] = (line as string).replaceAll("/srv/app", app.root).split(" ");
      expect(node).toBe("/usr/bin/node");
      const child = spawn(process.execPath, args, { cwd: app.root, stdio: "ignore" });
      const ended = once(child, "close");
      await until(() => workers() === 1, { what: "the worker being there" });
      const first = begun();
      await app.run(["build/commands/Push.js", "1", "1500"]);
      await until(() => begun() === first + 1, { what: "the job being begun" });
      child.kill("SIGTERM");
      expect(await ended).toEqual([0, null]);
      expect({ unfinished: unfinished(), repeated: repeated() }).toEqual({ unfinished: 0, repeated: 0 });
      const [run] = JSON.parse((await app.laju("runs", "Worker", "--json", "--limit", "1")).stdout);
      expect(run).toMatchObject({ state: "succeeded", exitStatus: 0, message: "Jobs: 1 completed" });
    });
  });
});

interface Pm2Process {
  pid: number;
  pm2_env: {
    exec_mode: string;
    status: string;
    restart_time: number;
    unstable_restarts: number;
    exit_code?: number;
  };
}
