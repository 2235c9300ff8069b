import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { until } from "../../../support/servers/server";

const writers = 6;
const lines = 4000;

/** As under cron, a shell opens the log with >>, and the command writes line by line. */
const writer = `
const { writeSync } = require("node:fs");
const [id, from, to] = process.argv.slice(1).map(Number);
for (let line = from; line < to; line += 1) writeSync(1, "writer " + id + " line " + line + " " + "x".repeat(line % 90) + "\\n");
`;

describe("log rotation", () => {
  let app: TestApp;
  let logs: string;

  beforeAll(async () => {
    app = makeApp({
      "commands/Works.ts": `import { command } from "../app/console/command"; export default command({ async run() { console.log("y".repeat(500)); } });`,
    });
    logs = join(app.root, "logs");
    expect((await app.laju("build")).stderr).toBe("");
  });
  beforeEach(() => {
    rmSync(logs, { recursive: true, force: true });
    mkdirSync(logs);
  });
  afterAll(() => app.remove());

  const rotate = (env: NodeJS.ProcessEnv) =>
    app.run(["laju", "monitor"], { env: { LOG_MAX_SIZE: "1kB", ...env } });
  const cronRun = (line: string) =>
    app.run(["-c", `${line} >> ${logs}/Works.log 2>&1`], { program: "/bin/sh" });
  const text = () =>
    readdirSync(logs)
      .map((name) => readFileSync(join(logs, name), "utf8"))
      .join("");

  test("neither loses nor splits a line while several runs write", async () => {
    let rotations = 0;
    const written = Array.from({ length: writers }, () => 0);
    const work = written.map(async (_, id) => {
      // One writer keeps the log open most of the time; the others open it for each run.
      const step = id === 0 ? lines : lines / 8;
      // The writers continue until the log has been rotated a few times, however slow the machine is.
      for (let from = 0; from < lines || rotations < 4; from += step) {
        const ended = await cronRun(`"${process.execPath}" -e '${writer}' -- ${id} ${from} ${from + step}`);
        expect(ended.status).toBe(0);
        written[id] = from + step;
      }
    });
    let writing = true;
    const done = Promise.all(work).finally(() => {
      writing = false;
    });
    while (writing) {
      const ended = await rotate({ LOG_MAX_FILES: "1000" });
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      if (ended.stdout.includes("Rotated")) rotations += 1;
    }
    await done;
    const found = text().trimEnd().split("\n").sort();
    const expected = written
      .flatMap((total, id) =>
        Array.from({ length: total }, (_, line) => `writer ${id} line ${line} ${"x".repeat(line % 90)}`),
      )
      .sort();
    expect(found.length).toBe(expected.length);
    expect(found.join("\n") === expected.join("\n")).toBe(true);
  });

  test("keeps the newest files, X.log.1 first", async () => {
    for (let number = 1; number <= 5; number += 1) {
      writeFileSync(join(logs, "Works.log"), `${number} ${"x".repeat(2000)}\n`);
      await rotate({ LOG_MAX_FILES: "3" });
    }
    expect(readdirSync(logs).sort()).toEqual(["Works.log", "Works.log.1", "Works.log.2", "Works.log.3"]);
    expect([1, 2, 3].map((number) => app.read(`logs/Works.log.${number}`)[0])).toEqual(["5", "4", "3"]);
  });

  test("does not delete a file that a run still writes to", async () => {
    const child = spawn("/bin/sh", ["-c", `exec cat >> ${logs}/Works.log`], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    const closed = once(child, "close");
    child.stdin.write(`long runner ${"x".repeat(2000)}\n`);
    await until(() => existsSync(join(logs, "Works.log")) && text().includes("long runner"));
    await rotate({ LOG_MAX_FILES: "1" });
    writeFileSync(join(logs, "Works.log"), "x".repeat(2000));
    await rotate({ LOG_MAX_FILES: "1" });
    child.stdin.end("its last line\n");
    await closed;
    expect(app.read("logs/Works.log.2")).toMatch(/^long runner x+\nits last line\n$/);
    writeFileSync(join(logs, "Works.log"), "z".repeat(2000));
    await rotate({ LOG_MAX_FILES: "1" });
    expect(readdirSync(logs)).toEqual(["Works.log", "Works.log.1"]);
  });

  test("also happens at the end of a run, without a monitor", async () => {
    const env = { LOG_MAX_SIZE: "1kB" };
    const run = () =>
      app.run(["-c", `"${process.execPath}" build/commands/Works.js >> ${logs}/Works.log 2>&1`], {
        program: "/bin/sh",
        env,
      });
    for (let time = 0; time < 2; time += 1) expect((await run()).status).toBe(0);
    expect(readdirSync(logs).sort()).toEqual(["Works.log", "Works.log.1"]);
    await run();
    expect(app.read("logs/Works.log").length).toBeLessThan(app.read("logs/Works.log.1").length);
  });
});
