import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../../../framework/runs/ledger/run";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { recordedRuns } from "../../../support/runs";

const command = (body: string, more = "") => `
import { command } from "../app/console/command";
import { logInfo, logError } from "../app/services/Logger";
export default command({ ${more} async run(context) { ${body} } });
`;

const forever = 'console.log("ready"); await new Promise((resolve) => setTimeout(resolve, 60_000));';

const files = {
  "commands/Returns.ts": command('return "42 rows";'),
  "commands/SetsClockBack.ts": command(
    "const now = Date.now; Date.now = () => now() - 3_600_000; await new Promise((r) => setTimeout(r, 300));",
  ),
  "commands/Counts.ts": command("return { processed: 3, failed: 1 };"),
  "commands/Reminds.ts": command(
    `logError("Could not remind Ada", new Error("connect ECONNREFUSED 127.0.0.1:25"));
     logError("Could not remind Bob", new Error("another one"));
     return { message: "Reminded 0 customers", processed: 0, failed: 2 };`,
  ),
  "commands/ThrowsAtTheEnd.ts": command(
    'logError("Could not remind Ada", { error: "refused" }); throw new Error("2 of 5 failed");',
  ),
  "commands/PrintsError.ts": 'console.warn("old"); console.error("no license"); process.exit(1);',
  "commands/LogsAndSucceeds.ts": command('logError("one of many"); return "fine";'),
  "commands/Hides.ts": command(
    'logError("refused " + context.options.token); return { failed: 1 };',
    'options: { token: { type: "string", sensitive: true } },',
  ),
  "commands/Throws.ts": command('throw new Error("no luck", { cause: new Error("bad weather") });'),
  "commands/Exits.ts": command("setTimeout(() => process.exit(7), 1); await new Promise(() => {});"),
  "commands/Rejects.ts": command(
    'Promise.reject(new Error("forgotten")); await new Promise((r) => setTimeout(r, 1000));',
  ),
  "commands/ThrowsLate.ts": command(
    'setTimeout(() => { throw new Error("late"); }, 1); await new Promise(() => {});',
  ),
  "commands/ThrowsEarly.ts": `throw new Error("at load");`,
  "commands/ThrowsUndefined.ts": command("throw undefined;"),
  "commands/ThrowsProxy.ts": command(
    'const no = () => { throw new Error("trap"); }; throw new Proxy({}, { get: no, has: no, ownKeys: no, getPrototypeOf: no });',
  ),
  "commands/ThrowsObject.ts": command('throw { code: 42, table: "users" };'),
  "commands/RejectsObject.ts": '(async () => { throw { code: 42, table: "users" }; })();',
  "commands/RejectsAndListens.ts":
    'process.on("unhandledRejection", () => process.exit(9)); (async () => { throw { code: 42 }; })();',
  "commands/ThrowsMany.ts": command(
    'await Promise.any([Promise.reject(new Error("first")), Promise.reject(new TypeError("second"))]);',
  ),
  "commands/Talks.ts": command('return "x".repeat(1_000_000);'),
  "commands/Forgets.ts": command("await new Promise(() => {});"),
  "commands/Overflows.ts": command("const deeper = (n: number): number => deeper(n + 1) + 1; deeper(0);"),
  "commands/Waits.ts": command(forever),
  "commands/Listens.ts": command(
    'const alive = setInterval(() => {}, 1000); console.log("ready"); await new Promise((r) => context.signal.addEventListener("abort", r)); console.log("tidied up");',
  ),
  "commands/TooLong.ts": command(forever, 'timeout: "300ms",'),
  "commands/Script.ts": "(async () => { console.log('did it'); process.exit(0); })();",
  "commands/ScriptFails.ts": "(async () => { try { throw new Error('x'); } catch { process.exit(1); } })();",
  "commands/OwnHandler.ts":
    'process.on("SIGTERM", () => { console.log("mine"); process.exit(5); }); console.log("ready"); setTimeout(() => {}, 60000);',
  "commands/Logs.ts":
    'import { logInfo } from "../app/services/Logger"; for (let i = 0; i < 10000; i += 1) logInfo("line", { i }); process.exit(3);',
  "commands/Prints.ts":
    'for (let i = 0; i < 10000; i += 1) console.log("line", i); process.stdout.write("written\\n"); process.exit(3);',
  "commands/Options.ts": command(
    "console.log(JSON.stringify({ args: context.args, options: context.options }));",
    'options: { days: { type: "string", default: "30", short: "d" }, dry: { type: "boolean" }, tag: { type: "string", multiple: true } },',
  ),
};

describe("a run of a built command", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp(files);
    const built = await app.laju("build");
    expect(built.stderr).toBe("");
  });
  afterAll(() => app.remove());

  const run = (name: string, args: string[] = []) => app.run([`build/commands/${name}.js`, ...args]);
  const last = (name: string) => recordedRuns(app.root, name)[0] as Run;
  /** Starts a command, waits until it says "ready", and sends it a signal. */
  const signalled = (
    name: string,
    signal: NodeJS.Signals,
  ): Promise<{ status: number | null; output: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [`build/commands/${name}.js`], { cwd: app.root });
      let output = "";
      child.stdout.on("data", (data) => {
        output += data;
        if (String(data).includes("ready")) child.kill(signal);
      });
      child.on("close", (status) => resolve({ status, output }));
    });

  test("that returns has succeeded, with its message", async () => {
    expect((await run("Returns")).status).toBe(0);
    expect(last("Returns")).toMatchObject({
      state: "succeeded",
      exitStatus: 0,
      message: "42 rows",
      error: null,
    });
  });

  test("has its real duration, even if the clock was set back meanwhile", async () => {
    await run("SetsClockBack");
    const { startedAt, finishedAt, durationMs } = last("SetsClockBack");
    expect((finishedAt as number) - startedAt).toBeLessThan(-3_500_000);
    expect(durationMs).toBeGreaterThanOrEqual(300);
    expect(durationMs).toBeLessThan(60_000);
    expect((await app.laju("runs", "SetsClockBack")).stdout).toMatch(/ {3}\d+(\.\d)?s\n/);
  });

  test("whose result counts failures has failed", async () => {
    expect((await run("Counts")).status).toBe(1);
    expect(last("Counts")).toMatchObject({
      state: "failed",
      exitStatus: 1,
      message: "3 processed, 1 failed",
    });
  });

  test("keeps its counts and the first error it logged", async () => {
    expect((await run("Reminds")).status).toBe(1);
    const reminds = last("Reminds");
    expect(reminds).toMatchObject({
      ...{ state: "failed", message: "Reminded 0 customers", processed: 0, failed: 2, error: null },
      loggedError: "Could not remind Ada: connect ECONNREFUSED 127.0.0.1:25",
    });
    const why = "0 processed, 2 failed: Could not remind Ada: connect ECONNREFUSED";
    expect((await app.laju("status", "Reminds")).stdout).toContain(why);
    expect((await app.laju("runs", "Reminds")).stdout).toContain("0 processed, 2 failed: Could not rem");
    expect((await app.laju("runs", "show", String(reminds.id))).stdout).toMatch(
      / message +Reminded 0 customers\n +counts +0 processed, 2 failed\n +used .*\n +error +Could not remind Ada: connect/,
    );
  });

  test("that throws keeps an error it logged before, not the log line of the exception", async () => {
    await Promise.all(["ThrowsAtTheEnd", "Throws"].map((name) => run(name)));
    expect(last("ThrowsAtTheEnd")).toMatchObject({
      error: expect.stringContaining("2 of 5 failed"),
      loggedError: "Could not remind Ada: refused",
    });
    expect(last("Throws").loggedError).toBe(null);
  });

  test("of a script shows what it printed as an error, unless it succeeded", async () => {
    await Promise.all(["PrintsError", "LogsAndSucceeds"].map((name) => run(name)));
    expect(last("PrintsError")).toMatchObject({ state: "failed", loggedError: "no license" });
    expect(last("LogsAndSucceeds")).toMatchObject({ state: "succeeded", loggedError: null });
  });

  test("keeps no secret in a logged error", async () => {
    await run("Hides", ["--token", "s3cr3t-token"]);
    expect(last("Hides").loggedError).toBe("refused ***");
  });

  test("keeps 10 kB of its message, and says so", async () => {
    expect((await run("Talks")).status).toBe(0);
    expect(last("Talks").message).toBe(`${"x".repeat(10_000)}… (990000 more characters were dropped)`);
  });

  test("that throws has failed, and its log has the error with its cause", async () => {
    const ended = await run("Throws");
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("no luck");
    expect(ended.stderr).toContain("bad weather");
    const { state, error } = last("Throws");
    expect(state).toBe("failed");
    expect(error).toMatch(/^Error: no luck\n[\s\S]*\nCaused by: Error: bad weather/);
    // The line of the source, not of the compiled file.
    expect(error).toContain(`at Object.run (${join(app.root, "commands/Throws.ts")}:4:`);
  });

  test.each([
    ["Exits", 7, null],
    ["Rejects", 1, "Error: forgotten"],
    ["ThrowsLate", 1, "Error: late"],
    ["ThrowsEarly", 1, "Error: at load"],
    ["ThrowsUndefined", 1, "threw undefined"],
    ["ThrowsProxy", 1, "threw {}"],
    ["ThrowsObject", 1, "threw { code: 42, table: 'users' }"],
    ["RejectsObject", 1, "threw { code: 42, table: 'users' }"],
    ["RejectsAndListens", 9, null],
    ["ThrowsMany", 1, "AggregateError: All promises were rejected: first; second"],
    ["Overflows", 1, "RangeError: Maximum call stack"],
    ["Forgets", 1, "Forgets exited before its run() finished"],
    ["ScriptFails", 1, null],
  ])("%s is recorded as failed with status %i", async (name, status, error) => {
    expect((await run(name)).status).toBe(status);
    const recorded = last(name);
    expect(recorded).toMatchObject({ state: "failed", exitStatus: status });
    if (error === null) expect(recorded.error).toBeNull();
    else expect(recorded.error).toContain(error);
  });

  test.each([
    ["ThrowsUndefined", '"error":"threw undefined"'],
    ["ThrowsProxy", '"error":"[unreadable: trap]"'],
    ["ThrowsObject", '"error":{"code":42,"table":"users"}'],
  ])("%s is logged with what it threw", async (name, error) => {
    const { stderr } = await run(name);
    expect(stderr).toContain(`"message":"${name} failed"`);
    expect(stderr).toContain(error);
  });

  test("of a script has succeeded", async () => {
    expect(await run("Script")).toMatchObject({ status: 0, stdout: "did it\n" });
    expect(last("Script")).toMatchObject({ state: "succeeded", exitStatus: 0 });
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("ended by %s exits with %i and says so", async (signal, status) => {
    expect((await signalled("Waits", signal)).status).toBe(status);
    expect(last("Waits")).toMatchObject({
      state: "failed",
      exitStatus: status,
      error: `ended by ${signal}`,
    });
  });

  test("that uses its signal may clean up", async () => {
    expect(await signalled("Listens", "SIGTERM")).toEqual({ status: 143, output: "ready\ntidied up\n" });
  });

  test("of a script with its own signal handler ends as the handler decides", async () => {
    expect(await signalled("OwnHandler", "SIGTERM")).toEqual({ status: 5, output: "ready\nmine\n" });
    expect(last("OwnHandler")).toMatchObject({ state: "failed", exitStatus: 5 });
  });

  test("killed with SIGKILL is marked as lost", async () => {
    await signalled("Waits", "SIGKILL");
    const [run] = JSON.parse((await app.laju("runs", "Waits", "--json", "--limit", "1")).stdout);
    expect(run).toMatchObject({ state: "lost", exitStatus: null });
  });

  test("that exceeds its time limit exits with 124", async () => {
    expect((await run("TooLong")).status).toBe(124);
    expect(last("TooLong")).toMatchObject({ state: "timed_out", exitStatus: 124 });
  });

  test.each(["Logs", "Prints"])(
    "keeps 10,000 lines of %s and its status, into a file and a slow pipe",
    async (name) => {
      const count = name === "Prints" ? 10_001 : 10_000;
      const toFile = await app.run(["-c", `node build/commands/${name}.js > out.log; echo $?`], {
        program: "/bin/sh",
      });
      expect(toFile.stdout).toBe("3\n");
      expect(app.read("out.log").split("\n")).toHaveLength(count + 1);
      const slow = `{ node build/commands/${name}.js; echo $? > status; } | { read first; while read line; do n=$((n+1)); done; echo $((n+1)); }`;
      expect((await app.run(["-c", slow], { program: "/bin/sh" })).stdout).toBe(`${count}\n`);
      expect(app.read("status")).toBe("3\n");
    },
  );

  test("knows its position in the log", async () => {
    mkdirSync(join(app.root, "logs"), { recursive: true });
    await app.run(
      ["-c", "cd build && for i in 1 2; do node commands/Script.js >> ../logs/Script.log 2>&1; done"],
      {
        program: "/bin/sh",
      },
    );
    expect(last("Script").log).toMatchObject({
      file: join(app.root, "logs/Script.log"),
      from: 7,
      to: 14,
    });
  });

  test("gets its typed options and words, and rejects unknown ones", async () => {
    const ended = await run("Options", ["a", "-d", "7", "--dry", "--tag=x", "--tag", "y", "--", "--b"]);
    expect(JSON.parse(ended.stdout)).toEqual({
      args: ["a", "--b"],
      options: { days: "7", dry: true, tag: ["x", "y"] },
    });
    const wrong = await run("Options", ["--day", "7"]);
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toBe("Options: unknown option --day\n  Available options: --days, --dry, --tag.\n");
    expect(last("Options")).toMatchObject({ state: "failed", exitStatus: 2, args: ["--day", "7"] });
  });

  test("with --help does nothing and is not recorded", async () => {
    const helped = await run("Script", ["--help"]);
    expect(helped).toMatchObject({ status: 0, stderr: "" });
    expect(helped.stdout).toMatch(/^Script\n\nSchedule {2}none: started by hand\n/);
  });

  test("is the same from the root, from build/ and from elsewhere", async () => {
    for (const [cwd, file] of [
      [app.root, "build/commands/Returns.js"],
      [join(app.root, "build"), "commands/Returns.js"],
      ["/", join(app.root, "build/commands/Returns")],
    ] as const) {
      expect((await app.run([file], { cwd })).status).toBe(0);
    }
    expect(JSON.parse((await app.laju("runs", "Returns", "--json")).stdout).length).toBeGreaterThanOrEqual(4);
  });

  test("with invalid settings ends with one error that lists them all", async () => {
    const bad = { SMTP_PORT: "abc", LOG_LEVEL: "loud" };
    const ended = await app.run(["build/commands/Returns.js"], { env: bad });
    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).toContain('  LOG_LEVEL is "loud", expected one of error, warn, info, http, debug\n');
    expect(ended.stderr).toContain('  SMTP_PORT is "abc", expected a whole number from 1 to 65535\n');
    expect(ended.stderr).not.toContain("    at ");
    expect(last("Returns")).toMatchObject({ state: "failed", exitStatus: 1 });
  });

  test("continues if the ledger cannot be written, and says so", async () => {
    const readOnly = join(app.root, "no-ledger");
    writeFileSync(readOnly, "a file where the data folder should be");
    const ended = await app.run(["build/commands/Returns.js"], { env: { LAJU_DATA: readOnly } });
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/^laju: this run of Returns is not recorded: .*no-ledger/);
  });

  test("replaces a damaged ledger and says so", async () => {
    const data = join(app.root, "damaged");
    mkdirSync(data);
    writeFileSync(
      join(data, "runs.sqlite3"),
      "no database at all, but long enough to be looked at".repeat(50),
    );
    const env = { LAJU_DATA: data };
    const started = await Promise.all([1, 2, 3].map(() => app.run(["build/commands/Returns.js"], { env })));
    const asked = await Promise.all([1, 2, 3].map(() => app.run(["laju", "runs"], { env })));
    expect([...started, ...asked].map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0]);
    // This run is the first that opens the ledger, because runs open it only if there may be an incident.
    const told = [...started, ...asked].filter(({ stderr }) =>
      stderr.startsWith("laju: the ledger was damaged ("),
    );
    expect(told).toHaveLength(1);
    const kept = readdirSync(data).filter((file) => file.includes(".damaged-"));
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(data, kept[0] as string), "utf8")).toContain("no database at all");
    const runs = await app.run(["laju", "runs", "--json"], { env });
    expect(JSON.parse(runs.stdout)).toHaveLength(3);
  });
});
