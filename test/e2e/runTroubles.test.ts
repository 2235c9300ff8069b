import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { withLedger } from "../support/ledger";
import { type HttpServer, startHttp } from "../support/servers/http";
import { freePort, until } from "../support/servers/server";
import { startSmtp } from "../support/servers/smtp";

const minutely = (body: string, more = "") =>
  `import { command } from "../app/console/command";
   export default command({ schedule: "* * * * *", ${more} async run() { ${body} } });`;
const forever = 'console.log("begun"); await new Promise((resolve) => setTimeout(resolve, 600_000));';

const isRoot = process.getuid?.() === 0;
const memoryGroups = "/sys/fs/cgroup/memory";
const hasMemoryGroups = canWrite(memoryGroups) && canWrite("/dev/kmsg");

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What can go wrong with runs. For each problem: the first line of status names it, a notification is sent, and the
 * command that status suggests works.
 */
describe("a command that", () => {
  let app: TestApp;
  let http: HttpServer;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    http = await startHttp();
    app = makeApp({
      "commands/Hangs.ts": minutely(forever),
      "commands/HangsWithLimit.ts": minutely(forever),
      "commands/Exempt.ts": minutely(
        "await new Promise((resolve) => setTimeout(resolve, 700));",
        "timeout: false,",
      ),
      "commands/Fills.ts": minutely("const all = []; for (;;) all.push(new Array(10_000).fill(all.length));"),
      "commands/FillsBuffers.ts": minutely("const all = []; for (;;) all.push(Buffer.alloc(5_000_000, 1));"),
      "commands/Fails.ts": minutely('throw new Error("the vendor is down");'),
      "commands/Says.ts": minutely('for (let i = 0; i < 4_000; i += 1) console.log("a line", i);'),
      "commands/Mails.ts": minutely('throw new Error("no rows");', 'notify: "ops@example.com",'),
      "commands/Gone.ts": minutely('throw new Error("gone soon");'),
      "commands/Retried.ts": minutely(
        'if (existsSync("broken")) throw new Error("broken");',
        'retries: 1, retryDelay: "10ms",',
      ).replace("export", 'import { existsSync } from "node:fs"; export'),
      // Moves the clock back by ten minutes for one start, so that the test doesn't have to wait for a long run.
      "past.cjs": "const { now } = Date; Date.now = () => now() - 600_000;",
      ".env": `NOTIFY_WEBHOOK_URL=${http.url}/hook\nMAIL_URL=smtp://127.0.0.1:${await freePort()}\n`,
    });
    expect((await app.laju("build")).stderr).toBe("");
    const { PATH, HOME } = process.env;
    env = { PATH, HOME, TZ: "UTC" };
  });
  afterAll(async () => {
    app.remove();
    await http.stop();
  });

  /** Starts a command as cron does: without a terminal, and with its output in the log. */
  const start = (name: string, more: NodeJS.ProcessEnv = {}) => {
    mkdirSync(join(app.root, "logs"), { recursive: true });
    const log = openSync(join(app.root, "logs", `${name}.log`), "a");
    const child = spawn(process.execPath, [`commands/${name}.js`], {
      cwd: join(app.root, "build"),
      env: { ...env, ...more },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    return child;
  };
  const run = async (name: string, more: NodeJS.ProcessEnv = {}) =>
    (await once(start(name, more), "close"))[0] as number | null;
  const notices = (name: string) =>
    http.requests.map(({ body }) => JSON.parse(body)).filter(({ command }) => command === name);
  const status = async (name: string) => {
    const { stdout } = await app.laju("status", name, "--json");
    return JSON.parse(stdout) as { needsPerson: string[] };
  };
  /** Runs the first command that `status` suggests. */
  const followStep = async (name: string, step: string) => {
    const { stdout } = await app.laju("status", name);
    expect(stdout).toContain(step);
    return app.run(["-c", step], { program: "sh", env: { PATH: `${dirOfNode}:${process.env.PATH}` } });
  };
  const dirOfNode = join(process.execPath, "..");

  test("hangs without a limit is reported by the third skipped start, even on its first run", async () => {
    const past = join(app.root, "past.cjs");
    const hanging = start("Hangs", { NODE_OPTIONS: `--require ${past}` });
    await until(async () => app.read("logs/Hangs.log").includes("begun"));
    for (let skipped = 0; skipped < 3; skipped += 1) expect(await run("Hangs")).toBe(0);
    await until(() => notices("Hangs").length === 1);
    const reason = `has been running for 10m (run 1, pid ${hanging.pid}), and 3 starts were skipped`;
    const [notice] = notices("Hangs");
    expect(notice).toMatchObject({ event: "failure", incident: { kind: "hanging" } });
    expect(notice.title.replace(/10m( 0\ds)?/, "10m")).toBe(`Hangs ${reason}`);
    const [first = ""] = (await status("Hangs")).needsPerson;
    expect(first.replace(/10m( \d\ds)?/, "10m")).toBe(`Hangs ${reason}`);
    const gone = once(hanging, "close");
    expect((await followStep("Hangs", "node laju stop Hangs")).stdout).toMatch(/✓ Hangs ended \(run 1, pid/);
    await gone;
    await until(() => notices("Hangs").length === 2);
    expect(notices("Hangs")[1]).toMatchObject({ incident: { kind: "failing" } });
  });

  test("hangs is ended by COMMAND_TIMEOUT", async () => {
    expect(await run("HangsWithLimit", { COMMAND_TIMEOUT: "1s" })).toBe(124);
    await until(() => notices("HangsWithLimit").length === 1);
    expect(notices("HangsWithLimit")[0].title).toBe("HangsWithLimit timed out");
    expect((await status("HangsWithLimit")).needsPerson[0]).toBe("HangsWithLimit timed out");
    const { stdout } = await app.run(["laju", "show", "HangsWithLimit"], { env: { COMMAND_TIMEOUT: "1h" } });
    expect(stdout).toMatch(/ timeout +1h \(COMMAND_TIMEOUT\)\n/);
    expect(await run("Exempt", { COMMAND_TIMEOUT: "300ms" })).toBe(0);
  });

  test("ran out of heap is lost, with the reason from the log", async () => {
    await run("Fills", { NODE_OPTIONS: "--max-old-space-size=20" });
    const [first] = (await status("Fills")).needsPerson;
    expect(first).toMatch(/^Fills ran out of memory: .*heap out of memory$/);
    expect((await app.laju("monitor")).stdout).toContain("Fills ran out of memory: ");
    await until(() => notices("Fills").length === 1);
    expect(notices("Fills")[0].title).toBe(first);
    expect((await followStep("Fills", "node laju logs Fills")).stdout).toContain("FATAL ERROR");
  });

  test.skipIf(!hasMemoryGroups)(
    "was killed by the kernel for lack of memory is lost, with the reason from the kernel log",
    async () => {
      const group = `${memoryGroups}/laju-${process.pid}`;
      mkdirSync(group);
      try {
        writeFileSync(`${group}/memory.limit_in_bytes`, "150000000");
        const words = `echo $$ > ${group}/cgroup.procs; exec "${process.execPath}" build/commands/FillsBuffers.js`;
        await app.run(["-c", words], { program: "sh", env });
        const why = "FillsBuffers was killed by the kernel: out of memory (OOM)";
        expect((await status("FillsBuffers")).needsPerson[0]).toBe(why);
      } finally {
        rmdirSync(group);
      }
    },
  );

  test.skipIf(!isRoot)("prints to a full disk is not shown as a plain success", async () => {
    // A log outside the default folder, as with `log` in the metadata.
    const logs = join(app.root, "other logs");
    mkdirSync(logs);
    const script = `mount -t tmpfs -o size=8k none 'other logs'
      node build/commands/Says.js >> 'other logs/Says.log' 2>&1`;
    const words = ["--mount", "sh", "-euc", script];
    const path = `${dirOfNode}:${process.env.PATH}`;
    expect((await app.run(words, { program: "unshare", env: { PATH: path } })).status).toBe(0);
    await until(() => notices("Says").length === 1);
    const [first] = (await status("Says")).needsPerson;
    expect(first).toMatch(/^Says lost 3\d{3} lines of its output: the disk is full \(ENOSPC\)$/);
    expect(notices("Says")[0]).toMatchObject({ title: first, incident: { kind: "output" } });
    expect((await followStep("Says", `df -h '${logs}'`)).stdout).toContain("Use%");
    // This run loses no output.
    expect(await run("Says")).toBe(0);
    await until(() => notices("Says").length === 2);
    expect(notices("Says")[1].title).toMatch(/^Says works again after /);
  });

  test("fails while the mail server is down is reported later, and status says so until then", async () => {
    expect(await run("Mails")).toBe(1);
    const unsent = /^1 notice undelivered for .*, to ops@example\.com: .*ECONNREFUSED/;
    await until(async () => (await status("Mails")).needsPerson.some((one) => unsent.test(one)));
    expect((await status("Mails")).needsPerson[0]).toBe("Mails failed with exit status 1");
    const stillDown = await followStep("Mails", "node laju notices:send");
    expect(stillDown).toMatchObject({ status: 1, stderr: expect.stringContaining("ECONNREFUSED") });
    const smtp = await startSmtp();
    await app.run(["laju", "notices:send"], { env: { MAIL_URL: smtp.url } });
    expect(smtp.mails).toMatchObject([{ subject: "Mails failed with exit status 1" }]);
    expect(smtp.mails[0]?.text).toMatch(
      /^\d\d:\d\d:\d\d ERROR Mails failed {2}error="no rows"\n {2}Error: no rows\n/m,
    );
    expect((await status("Mails")).needsPerson.some((one) => unsent.test(one))).toBe(false);
    await smtp.stop();
  });

  test("fails is acknowledged until it works again, and its incident ends when it is disabled", async () => {
    expect(await run("Fails")).toBe(1);
    await until(() => notices("Fails").length === 1);
    expect((await status("Fails")).needsPerson[0]).toBe("Fails failed with exit status 1");
    const acknowledged = await app.laju("ack", "Fails", "--reason", "they mend it");
    expect(acknowledged.stdout).toContain("✓ Acknowledged: Fails failed with exit status 1\n");
    expect((await status("Fails")).needsPerson.filter((one) => one.startsWith("Fails"))).toEqual([]);
    expect((await app.laju("status", "Fails")).stdout).toMatch(
      /✗ Fails .*\n +acknowledged .* \(they mend it\)/,
    );
    // A run that fails after the acknowledgment is not reported.
    expect(await run("Fails")).toBe(1);
    expect((await status("Fails")).needsPerson.filter((one) => one.startsWith("Fails"))).toEqual([]);
    const undone = await app.laju("ack", "Fails", "--undo");
    expect(undone.stdout).toMatch(/^✓ No longer acknowledged: Fails failed with exit status 1\n/);
    expect((await status("Fails")).needsPerson[0]).toBe("Fails failed with exit status 1");
    expect(await app.laju("ack", "Fails", "--undo")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("✗ Fails has no acknowledged problems\n"),
    });
    expect((await app.laju("ack", "Fails", "--undo", "--reason", "x")).status).toBe(2);
    expect((await app.laju("disable", "Fails")).stdout).toContain("✓ Its open incident was closed\n");
    await until(() => notices("Fails").length === 2);
    expect(notices("Fails")[1].title).toMatch(/^Fails is disabled: its incident was closed after /);
    const nothing = await app.laju("ack", "Fails");
    expect(nothing).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no problems to acknowledge"),
    });
  });

  test("only failed at a terminal can be acknowledged too", async () => {
    expect(await run("Gone")).toBe(1);
    await until(() => notices("Gone").length === 1, { what: "first" });
    withLedger(join(app.root, "data"), (ledger) =>
      ledger.exec("DELETE FROM incidents WHERE name = 'Gone'; DELETE FROM notices WHERE name = 'Gone'"),
    );
    expect((await app.laju("ack", "Gone")).stdout).toContain(
      "Acknowledged: Gone failed with exit status 1\n",
    );
    expect((await status("Gone")).needsPerson.filter((one) => one.startsWith("Gone"))).toEqual([]);
    // No notification of this incident has been sent yet, so undoing the acknowledgment sends one.
    expect((await app.laju("ack", "Gone", "--undo")).status).toBe(0);
    await until(() => notices("Gone").length === 2, { what: "second" });
  });

  test("is deleted has no incident anymore", async () => {
    const manifest = JSON.parse(app.read("build/commands.json"));
    manifest.commands = manifest.commands.filter(({ name }: { name: string }) => name !== "Gone");
    const whole = app.read("build/commands.json");
    app.write("build/commands.json", JSON.stringify(manifest));
    expect((await app.laju("monitor")).stdout).toContain("Gone was deleted, so its incident was closed\n");
    app.write("build/commands.json", whole);
  });

  test("is retried has its retries marked, and starts are distinguished from attempts", async () => {
    app.write("broken", "");
    expect(await run("Retried")).toBe(1);
    expect(await run("Retried")).toBe(1);
    expect((await app.laju("runs", "Retried")).stdout).toMatch(
      /✗ \d+ +Retried .* retry 1, exit 1 .*\n +✗ \d+ +Retried .*[^,] exit 1 /,
    );
    rmSync(join(app.root, "broken"));
    expect(await run("Retried")).toBe(0);
    await until(() => notices("Retried").length === 2);
    expect(notices("Retried")[1]).toMatchObject({ event: "recovery", failures: 2, attempts: 4 });
  });
});
