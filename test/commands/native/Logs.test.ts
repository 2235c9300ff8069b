import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { until } from "../../support/servers/server";

/** A command that prints its argument, waits until a file of that name exists, and prints more. */
const speaks = `
import { existsSync } from "node:fs";
import { command } from "../app/console/command";
import { logInfo } from "../app/services/Logger";
export default command({ async run({ args: [word] }) {
  if (word === "evil") {
    console.log("a\\u001b]0;title\\u0007\\u009b31m\\u202eb ü");
    logInfo("Logged\\u001b[2J\\u009b\\u2066", { word: "x" });
    return console.log('{"timestamp":"2026","level":"info","message":"all is well","run":"forged"}');
  }
  if (word === "huge") {
    const line = "x".repeat(1_000_000);
    for (let count = 0; count < 100; count++) process.stdout.write(line);
    return console.log("end");
  }
  console.log("hello " + word);
  logInfo("Said hello", { word });
  while (word.startsWith("slow") && !existsSync(word)) await new Promise((resolve) => setTimeout(resolve, 20));
  console.log("bye " + word);
  if (word === "bad") throw new Error("no good");
} });
`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with one.
const colors = /\u001b\[\d+m/g;

describe("logs", () => {
  let app: TestApp;
  let followers: ChildProcess[] = [];

  beforeAll(async () => {
    app = makeApp({ "commands/Speaks.ts": speaks });
    expect((await app.laju("build")).stderr).toBe("");
  });
  beforeEach(() => {
    for (const folder of ["data", "logs"]) rmSync(join(app.root, folder), { recursive: true, force: true });
    mkdirSync(join(app.root, "logs"));
  });
  afterEach(async () => {
    for (const follower of followers) follower.kill("SIGKILL");
    followers = [];
  });
  afterAll(() => app.remove());

  const start = (word: string) => {
    const log = openSync(join(app.root, "logs/Speaks.log"), "a");
    const child = spawn(process.execPath, ["commands/Speaks.js", word], {
      cwd: join(app.root, "build"),
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    return child;
  };
  const say = async (word: string) => once(start(word), "close");
  const plain = ({ stdout }: { stdout: string }) => stdout.replace(/^\{.*"Said hello".*\n/gm, "JSON\n");
  const follow = (...args: string[]) => {
    const child = spawn(process.execPath, ["laju", "logs", "Speaks", "--follow", ...args], {
      cwd: app.root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    followers.push(child);
    const seen = { stdout: "", stderr: "", child };
    child.stderr.setEncoding("utf8").on("data", (text) => {
      seen.stderr += text;
    });
    child.stdout.setEncoding("utf8").on("data", (text) => {
      seen.stdout += text;
    });
    return seen;
  };

  test("shows only what the last run wrote", async () => {
    await say("one");
    await say("two");
    const shown = await app.laju("logs", "Speaks");
    expect(plain(shown)).toBe("hello two\nJSON\nbye two\n");
    expect(shown.stderr).toMatch(/^run 2 · .* · succeeded · .*\/logs\/Speaks\.log\n$/);
    expect(plain(await app.laju("logs", "Speaks", "--run", "1"))).toBe("hello one\nJSON\nbye one\n");
    expect(plain(await app.laju("logs", "Speaks", "--lines", "1"))).toBe("bye two\n");
  });

  test("finds a run in a file that has been rotated since", async () => {
    await say("one");
    renameSync(join(app.root, "logs/Speaks.log"), join(app.root, "logs/Speaks.log.1"));
    await say("two");
    expect(plain(await app.laju("logs", "Speaks", "--run", "1"))).toBe("hello one\nJSON\nbye one\n");
    rmSync(join(app.root, "logs/Speaks.log.1"));
    const gone = await app.laju("logs", "Speaks", "--run", "1");
    expect(gone).toMatchObject({ status: 1, stdout: "" });
    expect(gone.stderr).toMatch(/✗ the output of run 1 of Speaks in .*Speaks\.log is gone\n/);
  });

  test("hides lines of a concurrent run in the same file, and says so", async () => {
    const slow = start("slow");
    await until(async () => (await app.laju("logs", "Speaks")).stdout.includes("hello slow"));
    await say("quick");
    app.write("slow", "");
    await once(slow, "close");
    rmSync(join(app.root, "slow"));
    const shown = await app.laju("logs", "Speaks", "--run", "1");
    // Nothing shows which run wrote a line that doesn't come from the Logger, so such lines are not hidden.
    expect(plain(shown)).toBe("hello slow\nJSON\nhello quick\nbye quick\nbye slow\n");
    expect(shown.stderr).toContain(
      "run 2 wrote to the same file at the same time: 1 line left out. Lines that the Logger did not write may be from any of these runs\n",
    );
  });

  test("shows text that only looks like another run's line", async () => {
    await say("evil");
    const shown = await app.laju("logs", "Speaks");
    expect(shown.stdout).toContain('"message":"all is well","run":"forged"}\n');
    expect(shown.stdout).toContain("a\u001b]0;title\u0007\u009b31m\u202eb ü\n");
    // The Logger itself escapes such characters, so its lines lose no information.
    const logged = shown.stdout.split("\n").find((line) => line.includes("Logged")) ?? "";
    expect(logged).toContain("\\u001b[2J\\u009b\\u2066");
    expect(JSON.parse(logged).message).toBe("Logged\u001b[2J\u009b\u2066");
  });

  test("shows no escape sequences on a terminal, except with --raw", async () => {
    await say("evil");
    const onTerminal = async (words: string) => {
      const command = `'${process.execPath}' laju ${words}`;
      const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: app.root });
      return Buffer.concat(await child.stdout.toArray()).toString();
    };
    const shown = await onTerminal("logs Speaks");
    expect(shown).toContain("a\ufffd]0;title\ufffd\ufffd31m\ufffdb ü");
    expect(shown).toContain("all is well");
    // On a terminal, lines of the Logger are formatted for people, unless --json keeps them as JSON.
    const plainText = shown.replaceAll(colors, "");
    expect(plainText).toMatch(/\d\d:\d\d:\d\d INFO {2}Logged.* {2}word=x/);
    expect(plainText).not.toContain('"message":"Logged');
    expect(await onTerminal("logs Speaks --json")).toContain('"message":"Logged\\u001b[2J');
    expect(await onTerminal("logs Speaks --raw")).toContain("a\u001b]0;title\u0007\u009b31m\u202eb ü");
    const paused = await onTerminal(
      "pause --reason \"$(printf 'x\\033[2J\\302\\233\\342\\200\\256\\nforged')\"",
    );
    expect(paused).toContain("x\ufffd\ufffd");
    await onTerminal("resume");
    expect(await onTerminal("\"$(printf 'bad\\033]0;t\\007')\"")).toContain(
      'Unknown verb "bad\ufffd]0;t\ufffd"',
    );
  });

  test("shows the start and the end of an endless line", async () => {
    await say("huge");
    const started = Date.now();
    const { stdout } = await app.laju("logs", "Speaks");
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(stdout).toMatch(/^x{1000000} … \[\d{8} bytes of this line left out\] … x+end\n$/);
    expect(stdout.length).toBeLessThan(1_010_000);
  });

  test("a killed run's log ends where the next run begins", async () => {
    const slow = start("slow");
    await until(async () => (await app.laju("logs", "Speaks")).stdout.includes("hello slow"));
    slow.kill("SIGKILL");
    await once(slow, "close");
    await say("next");
    expect(plain(await app.laju("logs", "Speaks", "--run", "1"))).toBe("hello slow\nJSON\n");
  });

  test("--follow continues with later runs, even after a rotation", async () => {
    await say("one");
    const followed = follow();
    await until(() => followed.stdout.includes("bye one\n"));
    await say("two");
    await until(() => followed.stdout.includes("bye two\n"));
    renameSync(join(app.root, "logs/Speaks.log"), join(app.root, "logs/Speaks.log.1"));
    await say("three");
    await until(() => followed.stdout.includes("bye three\n"));
    expect(plain(followed)).toBe(
      ["one", "two", "three"].map((word) => `hello ${word}\nJSON\nbye ${word}\n`).join(""),
    );
  });

  test("--follow waits for the very first run", async () => {
    const followed = follow();
    await until(() => followed.stderr.includes("Speaks has not run yet. Its log will be logs/Speaks.log\n"));
    await say("one");
    await until(() => followed.stdout.includes("bye one\n") || followed.child.exitCode !== null);
    expect(followed).toMatchObject({ stderr: expect.not.stringContaining("ENOENT") });
    expect(plain(followed)).toBe("hello one\nJSON\nbye one\n");
  });

  test("--follow --run ends with the run", async () => {
    const slow = start("slow");
    await until(async () => (await app.laju("logs", "Speaks")).stdout.includes("hello slow"));
    const followed = follow("--run", "1");
    await until(() => followed.stdout.includes("hello slow"));
    app.write("slow", "");
    await Promise.all([once(slow, "close"), once(followed.child, "close")]);
    rmSync(join(app.root, "slow"));
    expect(followed.child.exitCode).toBe(0);
    expect(plain(followed)).toBe("hello slow\nJSON\nbye slow\n");
  });

  test("--follow exits when nobody reads its output anymore", async () => {
    await say("one");
    const script = `"${process.execPath}" laju logs Speaks --follow | head -1; echo "status \${PIPESTATUS[0]}"`;
    const piped = app.run(["-c", script], { program: "bash" });
    let hasEnded = false;
    void piped.then(() => {
      hasEnded = true;
    });
    await until(async () => {
      await say("more");
      return hasEnded;
    });
    expect((await piped).stdout).toMatch(/^hello (one|more)\nstatus 0\n$/);
  });

  test("reports output that went elsewhere or no longer exists", async () => {
    expect((await app.laju("logs", "Speaks")).stderr).toBe(
      "Speaks has not run yet. Its log will be logs/Speaks.log\n",
    );
    await app.run(["build/commands/Speaks.js", "piped"]);
    const { status, stderr } = await app.laju("logs", "Speaks");
    expect({ status, stderr: stderr.split("\n").slice(1, 2) }).toEqual({
      status: 1,
      stderr: ["✗ run 1 of Speaks did not write to a file"],
    });
    expect(await app.laju("logs", "Speaks", "--run", "9")).toMatchObject({
      status: 2,
      stderr: "✗ there is no run 9 of Speaks\n  node laju runs Speaks lists its runs.\n",
    });
    expect(await app.laju("runs", "show", "9")).toMatchObject({
      status: 2,
      stderr: "✗ there is no run 9\n  node laju runs lists the runs.\n",
    });
    expect((await app.laju("logs", "Spaeks")).stderr).toContain("Did you mean Speaks?");
  });
});
