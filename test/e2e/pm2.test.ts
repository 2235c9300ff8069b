import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { makeApp, type TestApp } from "../support/apps/app";
import { until } from "../support/servers/server";

const files = {
  "commands/Declared.ts": `
    import { command } from "../app/console/command";
    import DB from "../app/services/DB";
    import { logInfo } from "../app/services/Logger";
    export default command({
      description: "Works under pm2",
      schedule: "0 8 * * *",
      options: { days: { type: "string", default: "30" } },
      async run({ args, options, run }) {
        await DB("visits").insert({ days: Number(options.days) });
        console.log("printed", JSON.stringify({ args, days: options.days, name: run.name, word: process.env.WORD }));
        for (let i = 0; i < 1000; i += 1) logInfo("line", { i });
        return "done under pm2";
      },
    });`,
  "commands/Script.ts": `
    import DB from "../app/services/DB";
    import { logInfo } from "../app/services/Logger";
    (async () => {
      await DB("visits").insert({ days: 1 });
      process.stdout.write("printed " + process.env.WORD + "\\n");
      for (let i = 0; i < 1000; i += 1) logInfo("line", { i });
      process.exit(3);
    })();`,
  "app/migrations/20260601000000_visits.ts": `
    export const up = (knex) => knex.schema.createTable("visits", (table) => { table.integer("days"); });`,
  ".env": "WORD=from .env\n",
};

describe("pm2 start build/commands/X.js", () => {
  let app: TestApp;
  let home: string;
  beforeAll(async () => {
    app = makeApp(files);
    home = mkdtempSync(join(tmpdir(), "laju-pm2-"));
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await app.laju("migrate")).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    pm2("kill");
    app?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  /** Runs pm2 with a daemon of its own, from another folder, as a deployment script does. */
  function pm2(...args: string[]): string {
    const env = { PATH: process.env.PATH, HOME: home, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: "true" };
    const program = join(app.root, "node_modules", ".bin", "pm2");
    const ended = spawnSync(program, args, { cwd: app.root, encoding: "utf8", env });
    if (ended.status !== 0) throw new Error(`pm2 ${args.join(" ")}: ${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }

  /** Starts a command under pm2, waits until its runs have ended, and returns each run with pm2's log of it. */
  async function started(name: string, mode: string[], instances: number, args: string[] = []) {
    const title = `${name}${mode.join("")}`;
    const out = join(home, `${title}.log`);
    const before = (await runsOf(name)).length;
    const flags = ["--no-autorestart", "--merge-logs", "--name", title, "-o", out, "-e", out, ...mode];
    const given = args.length > 0 ? ["--", ...args] : [];
    pm2("start", `build/commands/${name}.js`, ...flags, ...given);
    const ended = async () => (await runsOf(name)).slice(0, -before || undefined);
    await until(async () => (await ended()).filter(({ state }) => state !== "running").length === instances);
    await until(() => existsSync(out) && linesOf(out).length >= instances * 1001, {
      what: `${out} having all lines`,
    });
    return { runs: await ended(), lines: linesOf(out) };
  }

  async function runsOf(name: string): Promise<Run[]> {
    return JSON.parse((await app.laju("runs", name, "--json", "--limit", "100")).stdout);
  }

  test.each([
    ["in fork mode", [], 1],
    ["in cluster mode, twice", ["-i", "2"], 2],
  ])("a declared command %s", async (_, mode, instances) => {
    const { runs, lines } = await started("Declared", mode, instances, ["a", "--days", "7"]);
    for (const run of runs) {
      expect(run).toMatchObject({
        state: "succeeded",
        exitStatus: 0,
        message: "done under pm2",
        args: ["a", "--days", "7"],
      });
    }
    const printed = 'printed {"args":["a"],"days":"7","name":"Declared","word":"from .env"}';
    expect(lines.filter((line) => line === printed)).toHaveLength(instances);
    expect(lines.filter((line) => line.includes('"line"'))).toHaveLength(instances * 1000);
  });

  test.each([
    ["in fork mode", [], 1],
    ["in cluster mode, twice", ["-i", "2"], 2],
  ])("a script %s", async (_, mode, instances) => {
    const { runs, lines } = await started("Script", mode, instances);
    for (const run of runs) expect(run).toMatchObject({ state: "failed", exitStatus: 3 });
    expect(lines.filter((line) => line === "printed from .env")).toHaveLength(instances);
    expect(lines.filter((line) => line.includes('"line"'))).toHaveLength(instances * 1000);
  });
});

function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}
