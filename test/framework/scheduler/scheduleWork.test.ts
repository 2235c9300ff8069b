import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { withLedger } from "../../support/ledger";
import { type ScheduleWorker, startScheduleWorker } from "../../support/scheduleWorker";

const source = (meta: string, run: string) => `
import { command } from "../app/console/command";
export default command({ ${meta}, async run({ signal }) { ${run} } });
`;
/** A command that logs the SIGTERM, then exits. Without this handler it would exit too, but nothing would show why. */
const long =
  'console.log("begun"); setInterval(() => {}, 1000); await new Promise((resolve) => signal.addEventListener("abort", resolve)); console.log("aborted");';

describe("schedule:work", () => {
  let app: TestApp;
  let worker: ScheduleWorker;
  const log = (name: string) => {
    const file = join(app.root, "logs", `${name}.log`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const said = (message: string, command?: string) =>
    worker.lines().filter((line) => line.message === message && line.command === command);
  beforeAll(async () => {
    app = makeApp({
      "commands/Boot.ts": source('schedule: "@reboot"', 'console.log("booted in", process.cwd());'),
      "commands/Long.ts": source('schedule: "@reboot"', long),
      "commands/Seconds.ts": source('schedule: "*/2 * * * * *", overlap: "allow"', 'console.log("ran");'),
      "commands/Broken.ts": source('schedule: "@reboot", log: "own/broken.log"', 'throw new Error("no");'),
      "commands/Elsewhere.ts": source('schedule: "@reboot", environments: ["demo"]', ""),
      "commands/Off.ts": source('schedule: "@reboot", enabled: false', ""),
      "commands/ByHand.ts": source('description: "By hand"', ""),
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  test("starts due commands in separate processes with their own logs, and drains on SIGTERM", async () => {
    // schedule:work is started under pm2. Its commands must not inherit that, because overlapping runs are allowed
    // under pm2.
    worker = startScheduleWorker(app, [], { pm_id: "0", pm_exec_path: join(app.root, "laju.js") });
    await worker.until(() => said("Command ended", "Seconds").length >= 2);
    await worker.until(() => said("Command failed", "Broken").length === 1 && log("Long").includes("begun"));
    expect(worker.lines()[0]).toMatchObject({
      level: "info",
      message: "Waiting for commands to be due",
      commands: 4,
      environment: "development",
      timezone: "UTC",
    });
    expect(said("Command started", "Boot").length).toBe(1);
    expect(log("Boot")).toBe(`booted in ${app.root}\n`);
    expect(log("own/broken")).toContain("no");
    expect(said("Command failed", "Broken")[0]).toMatchObject({ level: "error", status: 1 });
    expect(said("Command started", "Elsewhere").concat(said("Command started", "Off"))).toEqual([]);

    const refused = await app.laju("schedule:work");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("✗ schedule:work is already running for this app\n");

    process.kill(worker.pid, "SIGTERM");
    await worker.until(() => said("Stopping").length === 1);
    const starts = said("Command started", "Seconds").length;
    const stoppedAt = Date.now();
    // Wait longer than two seconds, because by then it would have started again.
    await worker.until(() => Date.now() > stoppedAt + 2_500);
    expect(said("Command started", "Seconds").length).toBe(starts);
    expect(worker.process.exitCode).toBeNull();
    expect(log("Long")).toBe("begun\n");

    process.kill(worker.pid, "SIGTERM");
    expect(await worker.ended).toEqual({ status: 143, signal: null });
    expect(log("Long")).toContain("aborted");
    const runs = JSON.parse((await app.laju("runs", "--json")).stdout);
    const long = runs.find((run: { name: string }) => run.name === "Long");
    expect(long).toMatchObject({
      state: "failed",
      exitStatus: 143,
      log: { file: join(app.root, "logs/Long.log") },
    });
  });

  test("exits with status 0 once the running commands have finished", async () => {
    app.write("schedule.json", '{ "Long": { "enabled": false } }');
    worker = startScheduleWorker(app);
    await worker.until(() => said("Command started", "Seconds").length >= 1);
    process.kill(worker.pid, "SIGINT");
    expect(await worker.ended).toEqual({ status: 0, signal: null });
    expect(said("Stopping")[0]).toMatchObject({ signal: "SIGINT" });
  });

  test("shows the output of commands with --stdout", async () => {
    app.write("schedule.json", '{ "Long": { "enabled": false }, "Seconds": { "enabled": false } }');
    worker = startScheduleWorker(app, ["--stdout"]);
    await worker.until(
      () => said("Command ended", "Boot").length === 1 && said("Command failed", "Broken").length === 1,
    );
    process.kill(worker.pid, "SIGTERM");
    await worker.ended;
    expect(worker.text()).toContain(`booted in ${app.root}\n`);
  });

  test("says if nothing is scheduled here, and waits", async () => {
    const only = Object.fromEntries(
      ["Boot", "Long", "Seconds", "Broken", "Elsewhere"].map((name) => [name, { environments: ["demo"] }]),
    );
    app.write("schedule.json", JSON.stringify(only));
    worker = startScheduleWorker(app);
    await worker.until(() => worker.lines().length >= 2);
    expect(worker.lines()[1]).toMatchObject({ level: "warn" });
    expect(worker.lines()[1]?.message).toMatch(
      /^No command is scheduled in the environment "development"; \d are scheduled in: demo\.$/,
    );
    expect(worker.process.exitCode).toBeNull();
    process.kill(worker.pid, "SIGTERM");
    expect(await worker.ended).toEqual({ status: 0, signal: null });
  });

  test("on start makes up for starts missed since a command's last run", async () => {
    const caught = makeApp({
      "commands/Last.ts": source('schedule: "0 0 * * *", catchUp: "last"', ""),
      "commands/None.ts": source('schedule: "0 0 * * *"', ""),
      "commands/Never.ts": source('schedule: "0 0 * * *", catchUp: "last"', ""),
    });
    expect((await caught.laju("build")).stderr).toBe("");
    await caught.laju("run", "Last", "None");
    withLedger(join(caught.root, "data"), (ledger) =>
      ledger.prepare("UPDATE runs SET started_at = started_at - ?").run(3 * 86_400_000),
    );
    worker = startScheduleWorker(caught);
    await worker.until(() => said("Command ended", "Last").length === 1);
    process.kill(worker.pid, "SIGTERM");
    expect(await worker.ended).toEqual({ status: 0, signal: null });
    expect(worker.lines().filter(({ message }) => message === "Command started").length).toBe(1);
    caught.remove();
  });

  test("needs a build", async () => {
    const bare = makeApp({}, { fromSources: true });
    expect(await bare.laju("schedule:work")).toMatchObject({ status: 1, stdout: "" });
    bare.remove();
  });

  test("has a help text", async () => {
    const { stdout } = await app.laju("schedule:work", "--help");
    expect(stdout).toMatch(
      /^Start commands when they are due, without cron\n\nUsage {2}node laju schedule:work \[options\]\n/,
    );
  });
});
