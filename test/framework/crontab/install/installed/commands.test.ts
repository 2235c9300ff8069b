import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../../../../support/crontab/fakeCrontab";
import { type Serving, serveApp, signedIn } from "../../../../support/dashboard/serving";
import { startScheduleWorker } from "../../../../support/scheduleWorker";

const yearly = (schedule: string) => `import { command } from "../app/console/command";
export default command({ schedule: "${schedule}", async run() {} });`;

/** The day of each command's next start. */
const both = { Alpha: "03-01", Beta: "02-01" };
const none = { Alpha: null, Beta: null };

describe("whether anything starts a command here", () => {
  let app: TestApp;
  let cron: FakeCrontab;
  let dashboard: Serving | undefined;

  beforeAll(async () => {
    cron = fakeCrontab();
    app = makeApp({ "commands/Alpha.ts": yearly("0 12 1 3 *"), "commands/Beta.ts": yearly("0 12 1 2 *") });
    expect((await app.laju("build")).stderr).toBe("");
    for (const name of ["Alpha", "Beta"]) await app.run([`build/commands/${name}.js`]);
  });
  afterEach(async () => {
    await dashboard?.stop();
    dashboard = undefined;
    await laju("crontab:remove");
    rmSync(join(app.root, "home"), { recursive: true, force: true });
  });
  afterAll(() => {
    app.remove();
    cron.remove();
  });

  const environment = (more: Record<string, string> = {}) => ({
    PATH: `${cron.folder}/bin:${process.env.PATH}`,
    HOME: join(app.root, "home"),
    TZ: "UTC",
    ...more,
  });
  const laju = (...args: string[]) => app.run(["laju", ...args], { env: environment() });

  interface Row {
    name: string;
    isInstalled: boolean;
    nextRun: string | null;
  }
  /** The day of each command's next start; null if there is none. */
  const startsIn = (rows: Row[]) =>
    Object.fromEntries(
      rows.map(({ name, isInstalled, nextRun }) => {
        expect(isInstalled).toBe(nextRun !== null);
        return [name, nextRun === null ? null : nextRun.slice(5, 10)];
      }),
    );

  /** What startsIn() returns for each verb that shows next starts. All of them must agree. */
  async function nextStarts(more: Record<string, string> = {}): Promise<Record<string, string | null>> {
    const read = async (...args: string[]) =>
      (await app.run(["laju", ...args], { env: environment(more) })).stdout;
    const starts = startsIn(JSON.parse(await read("list", "--json")));
    expect(startsIn(JSON.parse(await read("status", "--json")).commands)).toEqual(starts);
    const texts = await Promise.all([
      read("list"),
      read("status"),
      read("show", "Alpha"),
      read("show", "Beta"),
    ]);
    dashboard = await serveApp(app, { env: environment(more) });
    const get = await signedIn(dashboard);
    expect(startsIn((await (await get("api/status")).json()).commands)).toEqual(starts);
    expect(startsIn(await (await get("api/commands")).json())).toEqual(starts);
    const metrics = await (await get("metrics")).text();
    for (const [name, start] of Object.entries(starts)) {
      const isNever = start === null;
      expect([name, texts.slice(0, 2).map((text) => isShownAs("not installed", name, text))]).toEqual([
        name,
        [isNever, isNever],
      ]);
      expect(isShownAs("next in", name, texts[0] as string)).toBe(!isNever);
      const show = texts[name === "Alpha" ? 2 : 3] as string;
      expect(show.includes("(not installed)")).toBe(isNever);
      const page = await (await get(`commands/${name}`)).text();
      expect(page.includes(", not installed</span>")).toBe(isNever);
      expect(metrics.includes(`laju_next_due_timestamp_seconds{command="${name}"}`)).toBe(!isNever);
    }
    const missing = Object.values(starts).filter((start) => start === null).length;
    const home = await (await get("")).text();
    expect(home.split('<span class="more">not installed</span>')).toHaveLength(missing + 1);
    const note = missing === 1 ? "Not installed: 1 command" : `Not installed: ${missing} commands`;
    expect(home.includes(note)).toBe(missing > 0);
    expect((await read("list", "--timeline")).includes(note)).toBe(missing > 0);
    return starts;
  }
  const isShownAs = (words: string, name: string, text: string) =>
    new RegExp(`${name} .*${words}`).test(text);

  test("nothing does before the crontab is installed, nor after it is removed", async () => {
    expect(await nextStarts()).toEqual(none);
  });

  test("the crontab starts the commands that are on it, and no others", async () => {
    await laju("crontab:install", "--yes", "Alpha");
    expect(await nextStarts()).toEqual({ ...both, Beta: null });
    // A command that nothing starts comes last.
    expect((await laju("runs", "--sort", "next")).stdout).toMatch(/Alpha.*Beta/s);
    await dashboard?.stop();
    await laju("crontab:install", "--yes");
    expect(await nextStarts()).toEqual(both);
  });

  test("a pod's cluster starts all of them", async () => {
    expect(await nextStarts({ KUBERNETES_SERVICE_HOST: "10.0.0.1" })).toEqual(both);
  });

  test("schedule:work starts all of them", async () => {
    const worker = startScheduleWorker(app, [], environment());
    await worker.until(() => worker.lines().length > 0);
    expect(await nextStarts()).toEqual(both);
    worker.process.kill("SIGTERM");
    await once(worker.process, "close");
  });

  test("systemd timers exported for this app start all of them, also under another release's path", async () => {
    const units = join(app.root, "home/.config/systemd/user");
    mkdirSync(units, { recursive: true });
    const other = makeApp({ "commands/Other.ts": yearly("0 12 1 3 *") }, { name: "other" });
    await other.laju("build");
    await other.laju("crontab", "--format", "systemd", "--user", "root", "--out", units);
    expect(await nextStarts()).toEqual(none);
    await dashboard?.stop();
    other.remove();
    const link = join(app.root, "home/current 100%");
    symlinkSync(app.root, link);
    await app.laju("crontab", "--format", "systemd", "--user", "root", "--root", link, "--out", units);
    expect(await nextStarts()).toEqual(both);
  });
});
