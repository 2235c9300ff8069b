import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { withLedger } from "../../../support/ledger";
import { recordedRuns } from "../../../support/runs";
import { until } from "../../../support/servers/server";

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

const holds = (meta: string) => `
import { command } from "../app/console/command";
export default command({ ${meta} async run() {
  console.log("ready");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.exit(0);
} });
`;

describe("while a run is active, another start", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({
      "commands/Skips.ts": holds('schedule: "@daily",'),
      "commands/Waits.ts": holds('overlap: "wait",'),
      "commands/Allows.ts": holds(""),
      "commands/Held.ts": `
        import { existsSync } from "node:fs";
        import { command } from "../app/console/command";
        export default command({ overlap: "skip", async run() {
          while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
        } });`,
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  /** Starts a command and waits until its run has begun. `end` lets it finish. */
  const begin = async (name: string, env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [`build/commands/${name}.js`], {
      cwd: app.root,
      env: { ...process.env, ...env },
    });
    const closed = once(child, "close");
    await Promise.race([once(child.stdout, "data"), closed]);
    const end = async () => {
      child.stdin.write("\n");
      return (await closed)[0];
    };
    return { child, closed, end };
  };
  const start = (name: string) => app.run([`build/commands/${name}.js`]);
  const last = (name: string) => recordedRuns(app.root, name)[0];

  test("is skipped because of a lock held by another process, which is named without its arguments", async () => {
    await start("Skips");
    const file = join(app.root, "data", "locks", "Skips.lock");
    const Driver =
      Number.parseInt(process.versions.node, 10) < 22 ? "better-sqlite3-node20" : "better-sqlite3";
    const program = `const lock = new (require("${Driver}"))("${file}", { readonly: true });
      lock.exec("begin"); lock.prepare("select * from sqlite_master").all();
      console.log("held"); setInterval(() => {}, 1000);`;
    const stranger = spawn(process.execPath, ["-e", program], { cwd: app.root });
    try {
      await once(stranger.stdout, "data");
      const { status, stderr } = await start("Skips");
      expect([status, stderr]).toEqual([0, `laju: skipped Skips: pid ${stranger.pid} holds its lock\n`]);
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  test("of a scheduled command is skipped with status 0, and recorded", async () => {
    const first = await begin("Skips");
    const second = await start("Skips");
    expect(second).toMatchObject({ status: 0, stdout: "" });
    const said = /^laju: skipped Skips: (still running since \S+ \(run )([a-z0-9]{8,})(, pid \d+\))\n$/.exec(
      second.stderr,
    );
    const [, before, key = "", after] = said ?? [];
    const running = JSON.parse((await app.laju("runs", "show", key, "--json")).stdout);
    expect(running).toMatchObject({ key, pid: first.child.pid, state: "running" });
    const message = `${before}${running.id}${after}`;
    expect(last("Skips")).toMatchObject({ state: "skipped", exitStatus: 0, message });
    expect(await first.end()).toBe(0);
  });

  test("runs immediately after kill -9", async () => {
    const first = await begin("Skips");
    first.child.kill("SIGKILL");
    await first.closed;
    const next = await begin("Skips");
    expect(await next.end()).toBe(0);
    expect(last("Skips")).toMatchObject({ state: "succeeded" });
  });

  test("overlaps it if data/ was deleted, and the first run's failure is still recorded", async () => {
    const first = await begin("Skips");
    rmSync(join(app.root, "data"), { recursive: true });
    // The lock has disappeared with its file.
    const second = await begin("Skips");
    expect(await second.end()).toBe(0);
    first.child.kill("SIGTERM");
    await first.closed;
    const runs = recordedRuns(app.root, "Skips");
    expect(runs.map(({ pid, state, error }) => ({ pid, state, error }))).toEqual([
      { pid: first.child.pid, state: "failed", error: "ended by SIGTERM" },
      { pid: second.child.pid, state: "succeeded", error: null },
    ]);
  });

  test("waits with overlap: wait", async () => {
    const first = await begin("Waits");
    const second = begin("Waits");
    expect(await first.end()).toBe(0);
    expect(await (await second).end()).toBe(0);
  });

  test("that is waiting exits on a signal despite the command's own handlers, but not once it has started", async () => {
    app.write("preload.cjs", 'process.on("SIGTERM", () => { console.log("mine"); process.exit(5); });');
    const preloaded = { NODE_OPTIONS: `--require ${app.root}/preload.cjs` };
    const first = await begin("Waits");
    const second = spawn(process.execPath, ["build/commands/Waits.js"], {
      cwd: app.root,
      env: { ...process.env, ...preloaded },
    });
    const ended = once(second, "close");
    await until(() => hasOpen(second.pid as number, "Waits.lock"));
    second.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
    const third = begin("Waits", preloaded);
    expect(await first.end()).toBe(0);
    const { child, closed } = await third;
    child.kill("SIGTERM");
    expect(await closed).toEqual([5, null]);
  });

  test("is allowed without a schedule, and under pm2", async () => {
    const runs = [await begin("Allows"), await begin("Allows")];
    expect(await Promise.all(runs.map(({ end }) => end()))).toEqual([0, 0]);
    const workers = [await begin("Skips", { pm_id: "0" }), await begin("Skips", { pm_id: "1" })];
    expect(await Promise.all(workers.map(({ end }) => end()))).toEqual([0, 0]);
  });

  test("is not allowed just because its parent runs under pm2", async () => {
    const pm2 = { pm_id: "0", pm_exec_path: "/srv/web/server.js" };
    const first = await begin("Skips", pm2);
    const second = await app.run(["build/commands/Skips.js"], { env: pm2 });
    expect(second.stderr).toMatch(/^laju: skipped Skips: still running/);
    expect(await first.end()).toBe(0);
    const script = { pm_id: "0", pm_exec_path: `${app.root}/build/commands/Skips.js` };
    const workers = [await begin("Skips", script), await begin("Skips", script)];
    expect(await Promise.all(workers.map(({ end }) => end()))).toEqual([0, 0]);
  });

  test.skipIf(process.getuid?.() !== 0)("warns if its lock cannot be taken", async () => {
    const first = await begin("Skips");
    expect(await first.end()).toBe(0);
    const lock = `${app.root}/data/locks/Skips.lock`;
    const asOther = [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      process.execPath,
      "build/commands/Skips.js",
    ];
    chmodSync(dirname(app.root), 0o755);
    const ended = await app.run(asOther, { program: "setpriv" });
    expect(ended.stderr).toContain(
      `laju: running Skips without its lock: EACCES: permission denied, open '${lock}'`,
    );
  });

  test("made by a run does not inherit the parent's entry, attempt and origin", async () => {
    app.write(
      "commands/Parent.ts",
      `import { spawnSync } from "node:child_process";
       spawnSync(process.execPath, ["build/commands/Child.js"], { stdio: "inherit" });`,
    );
    app.write(
      "commands/Child.ts",
      `console.log(Object.keys(process.env).filter((name) => name.startsWith("LAJU_")).join());`,
    );
    expect((await app.laju("build")).stderr).toBe("");
    const env = { LAJU_ATTEMPT: "2", LAJU_BY_HAND: "1", LAJU_SLOT: "1" };
    const ended = await app.run(["build/commands/Parent.js"], { env });
    expect(ended).toMatchObject({ status: 0, stdout: "LAJU_RUN\n", stderr: "" });
    expect(last("Child")).toMatchObject({ attempt: 1, state: "succeeded" });
  });

  test("lets exactly one of 30 run", async () => {
    const ended: string[] = [];
    const starts = Array.from({ length: 30 }, () =>
      start("Held").then(({ stderr }) => {
        ended.push(stderr);
      }),
    );
    await until(() => ended.length === 29, { limit: 40_000, what: "29 skipped starts" });
    app.write("go", "");
    await Promise.all(starts);
    const isSkip = (stderr: string) => stderr.startsWith("laju: skipped Held: ");
    expect(ended.filter(isSkip)).toHaveLength(29);
    const runs = recordedRuns(app.root, "Held");
    const states = runs.map(({ state }) => state).sort();
    expect(states).toEqual([...Array.from({ length: 29 }, () => "skipped"), "succeeded"]);
  });
});

function hasOpen(pid: number, name: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(`${folder}/${descriptor}`).endsWith(name);
    } catch {
      return false; // The file was closed in the meantime.
    }
  });
}

/** The first attempt fails immediately. The second reports its start, starts a process that outlives it, and waits for "go". */
const retrying = `
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { command } from "../app/console/command";
export default command({ schedule: "@daily", retries: 2, retryDelay: "1ms", async run() {
  const attempt = Number(readFileSync("attempts", { flag: "a+" })) + 1;
  writeFileSync("attempts", String(attempt));
  if (attempt === 1) throw new Error("the first one fails");
  spawn("sleep", ["20.4718"], { detached: true, stdio: "ignore" }).unref();
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
} });`;

describe("while a retry is active", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({ "commands/Retries.ts": retrying });
    expect((await app.laju("build")).stderr).toBe("");
  });
  beforeEach(() => {
    for (const file of ["attempts", "go"]) rmSync(join(app.root, file), { force: true });
  });
  afterAll(() => app.remove());

  const begin = async () => {
    const child = spawn(process.execPath, ["build/commands/Retries.js"], { cwd: app.root, stdio: "ignore" });
    const closed = once(child, "close");
    await until(() => existsSync(join(app.root, "attempts")) && app.read("attempts") === "2");
    return { child, closed };
  };
  const runs = () => recordedRuns(app.root, "Retries");
  const start = () => app.run(["build/commands/Retries.js"]);

  test.each(["SIGKILL", "SIGTERM"] as const)(
    "its lock survives %s of the first attempt's process",
    async (signal) => {
      const { child, closed } = await begin();
      child.kill(signal);
      await closed;
      const second = await start();
      expect(second).toMatchObject({
        status: 0,
        stderr: expect.stringMatching(/^laju: skipped Retries: /),
      });
      writeFileSync(join(app.root, "go"), "");
      await until(async () => runs().some(({ state, attempt }) => state === "succeeded" && attempt === 2));
      // The process that the attempt left behind does not hold the lock.
      await until(async () => !(await start()).stderr.includes("skipped"));
      expect(runs()[0]).toMatchObject({ state: "succeeded", attempt: 1 });
    },
  );

  test("the retry takes the lock itself if it cannot be inherited", async () => {
    const vendor = join(app.root, "build/vendor");
    const addon = readdirSync(vendor).find((name) => /^fs-native-extensions.*\.node$/.test(name)) as string;
    renameSync(join(vendor, addon), join(app.root, addon));
    try {
      const { closed } = await begin();
      expect((await start()).stderr).toMatch(/^laju: skipped Retries: /);
      writeFileSync(join(app.root, "go"), "");
      expect((await closed)[0]).toBe(0);
    } finally {
      renameSync(join(app.root, addon), join(vendor, addon));
    }
  });
});

describe("laju stop", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({
      "commands/Long.ts": `
        import { spawn } from "node:child_process";
        import { command } from "../app/console/command";
        export default command({ schedule: "@daily", retries: 2, async run() {
          spawn("sleep", ["4714.1"], { stdio: "ignore" });
          console.log("ready");
          await new Promise((resolve) => setTimeout(resolve, 60_000));
        } });`,
      "commands/Fails.ts": `export const meta = { schedule: "@daily", retries: 3, retryDelay: "1m" };
        console.log("tried"); process.exit(1);`,
      "commands/Traps.ts": `export const meta = { retries: 3, retryDelay: "1ms" };
        process.on("SIGTERM", () => process.exit(1));
        console.log("ready"); setInterval(() => {}, 1000);`,
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  test("ends a running command and what it started, without a retry", async () => {
    const child = spawn(process.execPath, ["build/commands/Long.js"], { cwd: app.root });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    const stopped = await app.laju("stop", "Long");
    expect(stopped.stdout).toMatch(/^✓ Long ended \(run 1, pid \d+\)\n$/);
    expect((await closed)[0]).toBe(143);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("sleep 4714.1");
    const [run, ...more] = recordedRuns(app.root, "Long");
    expect(run).toMatchObject({ state: "failed", exitStatus: 143, error: "ended by SIGTERM" });
    expect(more).toEqual([]);
  });

  test("cancels a pending retry", async () => {
    const child = spawn(process.execPath, ["build/commands/Fails.js"], { cwd: app.root });
    const closed = once(child, "close");
    await until(() => recordedRuns(app.root, "Fails")[0]?.state === "failed");
    const stopped = await app.laju("stop", "Fails");
    expect(stopped.stdout).toMatch(/^✓ Canceled Fails's pending retry \(run \d+, pid \d+\)\n$/);
    expect((await closed)[1]).toBe("SIGTERM");
    expect((await app.laju("stop", "Fails")).stderr).toContain("✗ Fails is not running");
  });

  test("cancels further retries if an attempt fails on SIGTERM", async () => {
    const child = spawn(process.execPath, ["build/commands/Traps.js"], { cwd: app.root });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    expect((await app.laju("stop", "Traps")).status).toBe(0);
    await closed;
    const runs = recordedRuns(app.root, "Traps");
    expect(runs.filter(({ state }) => state === "running" || state === "succeeded")).toEqual([]);
  });

  test("doesn't signal a process that only has the same pid as a run in another container", async () => {
    const bystander = spawn("sleep", ["60"]);
    const exited = once(bystander, "exit");
    try {
      withLedger(`${app.root}/data`, (ledger) =>
        ledger
          .prepare(
            `INSERT INTO runs (name, host, pid, process, args, started_at, state, has_lock)
             VALUES ('Long', ?, ?, ?, '[]', 1, 'running', 0)`,
          )
          .run(hostname(), bystander.pid, `${bootId()} pid:[1] 1`),
      );
      const refused = await app.laju("stop", "Long");
      expect(refused).toMatchObject({ status: 1, stdout: "" });
      expect(refused.stderr).toContain("✗ Long is not running here, but in another container");
      expect(bystander.exitCode ?? bystander.signalCode).toBe(null);
    } finally {
      bystander.kill("SIGKILL");
      await exited;
      withLedger(`${app.root}/data`, (ledger) => ledger.exec("DELETE FROM runs WHERE started_at = 1"));
    }
  });

  test("says so if the command is not running", async () => {
    const refused = await app.laju("stop", "Long");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("✗ Long is not running");
  });
});
