import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { withLedger } from "../../../support/ledger";
import { recordedRuns } from "../../../support/runs";
import { until } from "../../../support/servers/server";

const limited = (body: string, meta = 'timeout: "700ms",') => `
import { spawn } from "node:child_process";
import { command } from "../app/console/command";
export default command({ ${meta} async run({ options }) { ${body} } });
`;
const wait = "await new Promise((resolve) => setTimeout(resolve, 30_000));";
/** A child with a recognizable name in ps, so that leftovers can be found. */
const child = (seconds: string, more = "") => `spawn("sleep", ["${seconds}"], { stdio: "ignore" ${more} });`;

describe("a time limit", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({
      "commands/Blocks.ts": limited("for (;;);"),
      "commands/BlocksForLong.ts": limited(
        "console.error('working'); const from = performance.now(); while (performance.now() < from + 4_000);",
      ),
      "commands/BlocksAgain.ts": `import { existsSync, writeFileSync } from "node:fs";
        export const meta = { timeout: "700ms", retries: 1, retryDelay: "1ms" };
        if (!existsSync("again")) { writeFileSync("again", ""); process.exit(1); }
        for (;;);`,
      "commands/BlocksLater.ts": limited("await new Promise((r) => setTimeout(r, 100)); for (;;);"),
      "commands/Deployed.ts": limited('renameSync("build/watchdog.js", "watchdog.away"); for (;;);').replace(
        "import",
        'import { renameSync } from "node:fs";\nimport',
      ),
      "commands/Ignores.ts": `export const meta = { timeout: "700ms" };
        process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);`,
      "commands/HasChildren.ts": limited(
        `${child("4711.1")} spawn("sh", ["-c", "trap '' TERM; sleep 4711.2 & wait; sleep 4711.2"], { stdio: "ignore" });
         ${child("4711.3", ", detached: true")} ${wait}`,
      ),
      "commands/BlocksWithChild.ts": limited(`${child("4712.1")} for (;;);`),
      "commands/Leaves.ts": limited(
        `spawn("sh", ["-c", "setsid sh -c 'sleep 4713.1 & exit' & exit"], { stdio: "ignore" }); ${wait}`,
      ),
      // Two loops that start processes faster than laju can find them, one of them without the run's mark. These and
      // the next command stop by themselves, because the leftovers of a failing test must not run forever.
      "commands/Forks.ts": limited(
        `for (const clear of ["", "env -i PATH=$PATH"]) spawn("sh", ["-c",
           \`trap '' TERM; for n in $(seq 500); do \${clear} sleep 29.4716 & \${clear} sleep 0.01; done\`], { stdio: "ignore" });
         ${wait}`,
      ),
      // Each of its processes starts the next one and exits.
      "commands/Hops.ts": limited(
        `const hop = "trap '' TERM; N=$((N - 1)); [ $N -gt 0 ] || exit; sleep 0.02; sleep 29.4717 & sh -c \\"$HOP\\" &";
         spawn("sh", ["-c", hop], { stdio: "ignore", env: { ...process.env, N: "300", HOP: hop } }); ${wait}`,
      ),
      // Its thread notices the limit a little late, and then cleans up with its children.
      "commands/TidiesUp.ts": `
        import { spawn } from "node:child_process";
        import { command } from "../app/console/command";
        export default command({ timeout: "700ms", async run({ signal, run }) {
          const child = spawn("sleep", ["4715.1"], { stdio: "ignore" });
          const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
          await new Promise((resolve) => setTimeout(resolve, 400));
          while (Date.now() < run.startedAt.getTime() + 900);
          await aborted;
          await new Promise((resolve) => setTimeout(resolve, 200));
          console.log(child.signalCode ?? "still there");
        } });`,
      "commands/Fast.ts": limited("return 'in time';"),
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  const timed = async (name: string, how: () => ReturnType<TestApp["run"]>) => {
    const startedAt = Date.now();
    const ended = await how();
    const [recorded] = recordedRuns(app.root, name);
    return { ...ended, lasted: Date.now() - startedAt, recorded };
  };
  const direct = (name: string) => timed(name, () => app.run([`build/commands/${name}.js`]));
  const leftOver = (argument: string): string[] =>
    execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line === `sleep ${argument}`);

  test("does not affect a run that ends in time", async () => {
    expect((await direct("Fast")).recorded).toMatchObject({ state: "succeeded", message: "in time" });
  });

  test.each(["Blocks", "BlocksLater"])("ends a command whose event loop is blocked: %s", async (name) => {
    const ended = await direct(name);
    expect(ended.signal).toBe("SIGKILL");
    expect(ended.recorded).toMatchObject({ state: "timed_out", exitStatus: 137 });
    expect(ended.recorded?.error).toContain("had to be killed (SIGKILL)");
  });

  test("that no thread can watch is reported before `run` is called", async () => {
    const few = `ulimit -n 20; exec ${process.execPath} build/commands/BlocksForLong.js`;
    const { stderr } = await app.run(["-c", few], { program: "bash" });
    expect(stderr).toMatch(
      /^laju: the time limit of BlocksForLong cannot be enforced while it blocks its event loop: .*descriptors.*\nworking\n/,
    );
    const many = await app.run(["build/commands/BlocksForLong.js"]);
    expect(many).toMatchObject({ signal: "SIGKILL", stderr: expect.stringMatching(/^working\n/) });
  });

  test("ends the run even if the build is replaced right after the start", async () => {
    const ended = await direct("Deployed");
    renameSync(join(app.root, "watchdog.away"), join(app.root, "build/watchdog.js"));
    expect(ended).toMatchObject({ signal: "SIGKILL", stderr: "" });
    expect(ended.recorded).toMatchObject({ state: "timed_out", exitStatus: 137 });
  });

  test("gives 124 through laju run, however it was enforced", async () => {
    const ended = await timed("Blocks", () => app.laju("run", "Blocks"));
    expect(ended.status).toBe(124);
    expect(ended.stderr).toMatch(/✗ Blocks .* timed out/);
  });

  test("gives 124 through laju run even with ten later starts in the ledger", async () => {
    const ended = app.laju("run", "Blocks");
    // Repeat until the run has begun.
    const skips = `INSERT INTO runs (name, host, pid, args, started_at, state, has_lock)
      SELECT 'Blocks', host, 1, '[]', started_at, 'skipped', 0 FROM runs WHERE state = 'running'`;
    await until(() =>
      withLedger(`${app.root}/data`, (ledger) => {
        const counts = Array.from({ length: 12 }, () => ledger.prepare(skips).run().changes);
        return counts.every((count) => count > 0);
      }),
    );
    expect((await ended).status).toBe(124);
  });

  test("gives 124 through laju run if a retry was ended by SIGKILL", async () => {
    const ended = await app.laju("run", "BlocksAgain");
    expect(ended.status).toBe(124);
    expect(ended.stderr).toMatch(/✗ BlocksAgain .* timed out/);
  });

  test("ends a script that ignores SIGTERM", async () => {
    const ended = await direct("Ignores");
    expect(ended.status).toBe(124);
    expect(ended.recorded).toMatchObject({ state: "timed_out", exitStatus: 124 });
  });

  test("leaves no descendants: children, grandchildren that ignore SIGTERM, and detached ones", async () => {
    expect((await direct("HasChildren")).status).toBe(124);
    for (const argument of ["4711.1", "4711.2", "4711.3"]) expect(leftOver(argument)).toEqual([]);
  });

  test("finds processes that left the tree by their environment", async () => {
    expect((await direct("Leaves")).status).toBe(124);
    expect(leftOver("4713.1")).toEqual([]);
  });

  test.each([
    ["Forks", "29.4716"],
    ["Hops", "29.4717"],
  ])(
    "ends processes that keep starting others: %s",
    {
      // laju keeps killing the run's descendants for two seconds, which may not be enough on a busy machine.
      retry: 2,
    },
    async (name, argument) => {
      expect((await direct(name)).status).toBe(124);
      expect(leftOver(argument)).toEqual([]);
    },
  );

  test("ends the children of a blocked command too", async () => {
    expect((await direct("BlocksWithChild")).signal).toBe("SIGKILL");
    expect(leftOver("4712.1")).toEqual([]);
  });

  // On a busy machine the thread may notice too late and is killed.
  test("keeps the children of a command that uses its signal until it has cleaned up", {
    retry: 2,
  }, async () => {
    expect(await direct("TidiesUp")).toMatchObject({ status: 124, stdout: "still there\n" });
    expect(leftOver("4715.1")).toEqual([]);
  });

  test("does not affect others in the process group", async () => {
    const shell = "node build/commands/Blocks.js | cat; echo the shell goes on";
    expect((await app.run(["-c", shell], { program: "bash" })).stdout).toBe("the shell goes on\n");
  });
});

describe("retries", () => {
  let app: TestApp;
  beforeAll(async () => {
    const counts =
      'const n = Number(readFileSync("count", { flag: "a+" })) + 1; writeFileSync("count", String(n));';
    const meta = 'retries: 3, retryDelay: "50ms", overlap: "skip",';
    app = makeApp({
      "commands/Third.ts": `
        import { readFileSync, writeFileSync } from "node:fs";
        import { command } from "../app/console/command";
        export default command({ ${meta} run() { ${counts} if (n < 3) throw new Error("not yet"); return "at last"; } });`,
      "commands/Never.ts": `
        export const meta = { ${meta} };
        console.log("try"); process.exit(9);`,
      // The limit of the first attempt passes while it waits for the retry, and the retry takes nearly its full limit.
      "commands/Limited.ts": `
        import { readFileSync, writeFileSync } from "node:fs";
        import { command } from "../app/console/command";
        export default command({ retries: 1, retryDelay: "2s", timeout: "1500ms", async run() {
          const n = Number(readFileSync("limited", { flag: "a+" })) + 1; writeFileSync("limited", String(n));
          if (n === 1) throw new Error("not yet");
          await new Promise((resolve) => setTimeout(resolve, 1000));
        } });`,
      "commands/Wrong.ts": `
        import { command } from "../app/console/command";
        export default command({ ${meta} run() {} });`,
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());
  const runs = (name: string) => recordedRuns(app.root, name);

  test("continue until an attempt succeeds, with its exit status", async () => {
    const ended = await app.run(["build/commands/Third.js"]);
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/laju: Third failed with status 1; retry 1 of 3 in 0\.\d s\n/);
    expect(runs("Third").map(({ attempt, state }) => `${attempt} ${state}`)).toEqual([
      "3 succeeded",
      "2 failed",
      "1 failed",
    ]);
  });

  test("of a script that exits by itself end with its last status", async () => {
    const ended = await app.run(["build/commands/Never.js"]);
    expect(ended).toMatchObject({ status: 9, stdout: "try\n".repeat(4) });
    expect(runs("Never")).toHaveLength(4);
  });

  test("each have the full time limit, without the delay", async () => {
    expect((await app.run(["build/commands/Limited.js"])).status).toBe(0);
    expect(runs("Limited").map(({ state }) => state)).toEqual(["succeeded", "failed"]);
  });

  test("don't happen after a usage error", async () => {
    expect((await app.run(["build/commands/Wrong.js", "--nope"])).status).toBe(2);
    expect(runs("Wrong")).toHaveLength(1);
  });
});
