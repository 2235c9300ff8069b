import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/app";
import { type HttpServer, startHttp } from "../support/http";
import { until } from "../support/server";

const minutely = (body: string, more = "") =>
  `import { command } from "../app/console/command";
   export default command({ schedule: "* * * * *", ${more} async run() { ${body} } });`;
const forever = 'console.log("begun"); await new Promise((resolve) => setTimeout(resolve, 600_000));';

/** What goes wrong in a night: each has a true first line in status, a notice, and a next step that works. */
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
      // What begins ten minutes ago need not be waited for.
      "past.cjs": "const { now } = Date; Date.now = () => now() - 600_000;",
      ".env": `NOTIFY_WEBHOOK_URL=${http.url}/hook\n`,
    });
    expect((await app.laju("build")).stderr).toBe("");
    const { PATH, HOME } = process.env;
    env = { PATH, HOME, TZ: "UTC" };
  });
  afterAll(async () => {
    app.remove();
    await http.stop();
  });

  /** As cron starts it: output in the log, nobody at the keyboard. */
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
  /** The first step that `status` names, typed as it stands there. */
  const followStep = async (name: string, step: string) => {
    const { stdout } = await app.laju("status", name);
    expect(stdout).toContain(step);
    return app.run(["-c", step], { program: "sh", env: { PATH: `${dirOfNode}:${process.env.PATH}` } });
  };
  const dirOfNode = join(process.execPath, "..");

  test("hangs without a limit is reported by the third start it makes skipped, on its first run ever", async () => {
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

  test("hangs with the limit of all commands ends by it", async () => {
    expect(await run("HangsWithLimit", { COMMAND_TIMEOUT: "1s" })).toBe(124);
    await until(() => notices("HangsWithLimit").length === 1);
    expect(notices("HangsWithLimit")[0].title).toBe("HangsWithLimit timed out");
    expect((await status("HangsWithLimit")).needsPerson[0]).toBe("HangsWithLimit timed out");
    const { stdout } = await app.run(["laju", "show", "HangsWithLimit"], { env: { COMMAND_TIMEOUT: "1h" } });
    expect(stdout).toMatch(/ timeout +1h \(COMMAND_TIMEOUT\)\n/);
    expect(await run("Exempt", { COMMAND_TIMEOUT: "300ms" })).toBe(0);
  });
});
