import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, makeApp, type TestApp } from "../../../support/apps/app";
import { recordedRuns } from "../../../support/runs";
import { until } from "../../../support/servers/server";

const scheduled = (imports: string, work: string, more = "") => `
${imports}
import { appendFileSync } from "node:fs";
import { command } from "../app/console/command";
export default command({ schedule: "@daily", ${more} async run() { ${work} } });
`;

/** Starts the command that the test names, as a child. */
const starts = `appendFileSync("ran.txt", "x\\n"); execSync(process.env.START, { stdio: "inherit" });`;
const inChild = 'import { execSync } from "node:child_process";';

const files = {
  "commands/Skips.ts": scheduled(inChild, starts),
  "commands/Waits.ts": scheduled(inChild, starts, 'overlap: "wait",'),
  "commands/Allows.ts": scheduled(inChild, starts, 'overlap: "allow",'),
  "commands/Script.ts": `
    import { execSync } from "node:child_process";
    import { appendFileSync } from "node:fs";
    ${starts}`,
  "commands/Detaches.ts": scheduled(
    'import { spawn } from "node:child_process";',
    `appendFileSync("ran.txt", "x\\n");
     spawn(process.execPath, [process.argv[1]], { detached: true, stdio: "ignore" }).unref();`,
  ),
  "commands/First.ts": scheduled(inChild, 'execSync("node build/commands/Second.js", { stdio: "inherit" });'),
  "commands/Second.ts": scheduled(inChild, starts),
  "commands/Third.ts": scheduled("", 'console.log("third ran");'),
  "commands/Flaky.ts": scheduled(
    inChild,
    `appendFileSync("ran.txt", "x\\n"); execSync("node build/commands/Third.js", { stdio: "inherit" });
     throw new Error("flaky");`,
    'retries: 1, retryDelay: "1s",',
  ),
  // Each part reports its kind and the facts it has about the run.
  "commands/Clusters.ts": scheduled(
    'import cluster from "node:cluster"; import { once } from "node:events";',
    `if (!cluster.isPrimary) return appendFileSync("parts.txt", "worker\\n");
     const workers = [cluster.fork(), cluster.fork()];
     const ends = await Promise.all(workers.map((worker) => once(worker, "exit")));
     if (ends.some(([status]) => status !== 0)) throw new Error(JSON.stringify(ends));`,
  ),
  "commands/ClusterScript.ts": `
    import cluster from "node:cluster";
    import { appendFileSync } from "node:fs";
    export const meta = { schedule: "@daily" };
    if (cluster.isPrimary) for (let i = 0; i < 2; i += 1) cluster.fork();
    else { appendFileSync("parts.txt", "worker\\n"); process.exit(0); }`,
  "commands/Forks.ts": scheduled(
    'import { fork } from "node:child_process"; import { once } from "node:events"; import { logInfo } from "../app/services/Logger";',
    `if (process.argv[2] === "part") {
       process.on("message", (count) => { logInfo("part", { count }); process.send(count * 2); process.disconnect(); });
       return;
     }
     const env = process.argv[2] === "bare" ? { PATH: process.env.PATH } : process.env;
     const child = fork(process.argv[1], ["part"], { env });
     child.send(21);
     const [answer] = await once(child, "message");
     const [status] = await once(child, "exit");
     console.log("answer " + answer + ", status " + status);`,
    "options: { },",
  ),
  "commands/ForksAtTop.ts": `
    import { fork } from "node:child_process";
    import { once } from "node:events";
    import { command } from "../app/console/command";
    if (process.argv[2] === "part") process.send("from the top");
    export default command({ schedule: "@daily", async run() {
      const child = fork(process.argv[1], ["part"]);
      console.log((await once(child, "message"))[0]);
    } });`,
  "commands/Threads.ts": scheduled(
    'import { isMainThread, parentPort, Worker } from "node:worker_threads"; import { once } from "node:events";',
    `if (!isMainThread) return parentPort.postMessage("from a thread");
     const worker = new Worker(process.argv[1]);
     // Node can emit both events without a pause in which a later listener could be added.
     const [message, exit] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
     console.log(...message);
     console.log(...exit);`,
  ),
  "commands/ThreadsAtTop.ts": `
    import { once } from "node:events";
    import { isMainThread, parentPort, Worker } from "node:worker_threads";
    import { command } from "../app/console/command";
    if (!isMainThread) parentPort.postMessage("from the top");
    export default command({ schedule: "@daily", async run() {
      const worker = new Worker(process.argv[1]);
      console.log(...(await once(worker, "message")));
    } });`,
  "commands/ThreadScript.ts": `
    import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
    export const meta = { schedule: "@daily" };
    if (isMainThread) {
      const worker = new Worker(process.argv[1], { workerData: 21, env: process.argv[2] ? {} : process.env });
      worker.on("message", (answer) => console.log("answer " + answer));
    } else parentPort.postMessage(workerData * 2);`,
  "commands/Bombs.ts": scheduled(
    'import { fork } from "node:child_process"; import { once } from "node:events";',
    `appendFileSync("ran.txt", "x\\n");
     const [status] = await once(fork(process.argv[1]), "exit");
     if (status !== 0) throw new Error("child ended with " + status);`,
  ),
  "commands/ThreadBombs.ts": scheduled(
    'import { Worker } from "node:worker_threads"; import { once } from "node:events";',
    `appendFileSync("ran.txt", "x\\n");
     const [status] = await once(new Worker(process.argv[1]), "exit");
     if (status !== 0) throw new Error("thread ended with " + status);`,
  ),
  "commands/Outer.ts": scheduled(
    'import { spawn } from "node:child_process";',
    `spawn(process.execPath, ["build/commands/Inner.js"], { stdio: "inherit" });
     await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    'timeout: "3s",',
  ),
  "commands/Inner.ts": scheduled(
    'import { spawn } from "node:child_process";',
    `const { pid } = spawn("sleep", ["4715"], { detached: true, stdio: "ignore" });
     appendFileSync("sleeps.txt", String(pid));
     process.exit(0);`,
  ),
};

let app: TestApp;
beforeAll(async () => {
  app = makeApp(files);
  expect((await app.laju("build")).stderr).toBe("");
});
afterAll(() => app.remove());

const start = (name: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  app.run([`build/commands/${name}.js`, ...args], { env });
const statesOf = (name: string) => recordedRuns(app.root, name).map(({ state }) => state);
/** How many lines were written to a file since the last call. */
const linesOf = (file: string): number => {
  const lines = app.read(file).split("\n").length - 1;
  app.write(file, "");
  return lines;
};

describe("a command that starts itself is refused", () => {
  const expectRefused = (ended: Ended, chain: string) => {
    const name = chain.split(" ").at(-1);
    expect(ended.stderr).toContain(`laju: not running ${name}, because it started itself: ${chain}\n`);
    expect(ended.status).toBe(1);
    expect(linesOf("ran.txt")).toBe(1);
  };

  test.each(["Skips", "Waits", "Allows", "Script"])("by its file: %s", async (name) => {
    const ended = await start(name, [], { START: `node build/commands/${name}.js` });
    expectRefused(ended, `${name} → ${name}`);
    expect(statesOf(name)).toEqual(["failed", "failed"]);
    const error = `not running ${name}, because it started itself: ${name} → ${name}`;
    expect(recordedRuns(app.root, name)[0]?.error).toContain(error);
    expect(recordedRuns(app.root, name)[0]?.error).not.toContain("threw");
  });

  test.each([
    ["laju run", "node laju run Waits"],
    ["a shell in a shell", "sh -c 'cd build; sh -c \"node commands/Waits.js || exit 1\"'"],
    ["an emptied environment", "env -i $(command -v node) build/commands/Waits.js"],
  ])("by %s", async (_, command) => {
    expectRefused(await start("Waits", [], { START: command }), "Waits → Waits");
  });

  test.each([
    "env -i $(command -v node) build/commands/Allows.js",
    "cd build; env -i $(command -v node) commands/Allows.js; exit $?",
  ])("without a lock, by %s", async (command) => {
    expectRefused(await start("Allows", [], { START: command }), "Allows → Allows");
  });

  test("by another command, whose run fails too", async () => {
    const ended = await start("First", [], { START: "node build/commands/First.js; exit $?" });
    expect(ended.stderr).toContain("not running First, because it started itself: First → Second → First\n");
    expect(ended.status).toBe(1);
    expect(linesOf("ran.txt")).toBe(1);
  });

  test("from its source", async () => {
    const program = join(app.root, "node_modules/.bin/tsx");
    const env = { START: "npx tsx commands/Skips.ts" };
    expectRefused(await app.run(["commands/Skips.ts"], { program, env }), "Skips → Skips");
  });

  test("by a detached child, whose failure is recorded", async () => {
    expect(await start("Detaches")).toMatchObject({ status: 0 });
    await until(async () => statesOf("Detaches").includes("failed"));
    expect(statesOf("Detaches").sort()).toEqual(["failed", "succeeded"]);
    expect(linesOf("ran.txt")).toBe(1);
  });

  test("by a fork that doesn't check what it is", async () => {
    for (const name of ["Bombs", "ThreadBombs"]) {
      const ended = await start(name);
      expect(ended.stderr).toContain(`not running ${name}, because it started itself: ${name} → ${name}\n`);
      expect(ended.status).toBe(1);
      expect(linesOf("ran.txt")).toBe(2);
    }
  });
});

describe("is not mistaken for a command that starts itself:", () => {
  test("a command that starts others, and its retries", async () => {
    const ended = await start("Flaky");
    expect(ended).toMatchObject({ status: 1, stdout: expect.stringMatching(/(third ran\n){2}/) });
    expect(ended.stderr).not.toContain("by itself");
    expect(linesOf("ran.txt")).toBe(2);
  });
});

describe("forks and threads work on behalf of their run:", () => {
  const recorded = async (name: string) => expect(statesOf(name)).toEqual(["succeeded"]);

  test.each(["Clusters", "ClusterScript"])("workers of node:cluster: %s", async (name) => {
    expect(await start(name)).toMatchObject({ status: 0, stderr: "" });
    expect(linesOf("parts.txt")).toBe(2);
    await recorded(name);
  });

  test("a fork that receives its work by message", async () => {
    const ended = await start("Forks");
    expect(ended).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringContaining("answer 42, status 0"),
    });
    const [run] = recordedRuns(app.root, "Forks");
    expect(ended.stdout).toContain(`"message":"part","run":"${run?.key}"`);
    await recorded("Forks");
  });

  test("a fork without the run's environment", async () => {
    expect(await start("Forks", ["bare"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("answer 42, status 0"),
    });
  });

  test("a thread", async () => {
    expect(await start("Threads")).toMatchObject({ status: 0, stderr: "", stdout: "from a thread\n0\n" });
    await recorded("Threads");
  });

  test("a thread of a script, with the run's environment and without", async () => {
    expect(await start("ThreadScript")).toMatchObject({ status: 0, stderr: "", stdout: "answer 42\n" });
    expect(await start("ThreadScript", ["bare"])).toMatchObject({
      status: 0,
      stderr: "",
      stdout: "answer 42\n",
    });
  });

  test("a part that works while the file loads does not also run()", async () => {
    expect(await start("ForksAtTop")).toMatchObject({ status: 0, stderr: "", stdout: "from the top\n" });
    expect(await start("ThreadsAtTop")).toMatchObject({ status: 0, stderr: "", stdout: "from the top\n" });
  });

  // On Node 20, tsx does not work in a Worker thread.
  test.each(["Clusters", "ForksAtTop"])("from the source: %s", async (name) => {
    const program = join(app.root, "node_modules/.bin/tsx");
    expect(await app.run([`commands/${name}.ts`], { program })).toMatchObject({ status: 0, stderr: "" });
  });
});

test("a run's time limit ends what a nested command has detached", async () => {
  expect(await start("Outer")).toMatchObject({ status: 124 });
  const pid = Number(app.read("sleeps.txt"));
  expect(isRunning(pid)).toBe(false);
});

describe("if PATH has no node", () => {
  test("`node …` in a child uses the run's own Node", async () => {
    app.write(
      "commands/Script.ts",
      'import { execSync } from "node:child_process"; execSync("node --version", { stdio: "inherit" });',
    );
    expect((await app.laju("build")).stderr).toBe("");
    for (const PATH of ["/nowhere", "", undefined]) {
      expect(await start("Script", [], { PATH })).toMatchObject({
        status: 0,
        stdout: `${process.version}\n`,
      });
    }
  });
});

/** An ended process may remain a zombie until it is reaped. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
