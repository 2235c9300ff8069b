import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../../support/crontab/fakeCrontab";

const scheduled = (meta: string) =>
  `export const meta = { schedule: "0 8 * * *", ${meta} }; console.log("done");`;

describe("crontab:check", () => {
  let app: TestApp;
  let cron: FakeCrontab;

  beforeAll(async () => {
    cron = fakeCrontab();
    app = makeApp({
      "commands/Always.ts": scheduled(""),
      "commands/Shown.ts": scheduled('environments: ["demo"]'),
      "commands/Live.ts": scheduled('environments: ["production"]'),
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterEach(async () => void (await laju("crontab:remove")));
  afterAll(() => {
    app.remove();
    cron.remove();
  });

  const laju = (...args: string[]) =>
    app.run(["laju", ...args], { env: { PATH: `${cron.folder}/bin:${process.env.PATH}` } });
  const stateOf = async (...args: string[]) =>
    JSON.parse((await laju("crontab:check", "--json", ...args)).stdout).state;
  const marker = () => /^# BEGIN laju .*$/m.exec(String(cron.table()))?.[0];
  const commands = () => String(cron.table()).match(/(?<=commands\/)\w+(?=\.js)/g);

  test("uses the environment of the installed block, and reports if another one is requested", async () => {
    expect((await laju("crontab:install", "--env", "demo")).status).toBe(0);
    expect(marker()).toMatch(/ hash=\w{8} env=demo$/);
    expect(commands()).toEqual(["Always", "Shown"]);
    expect(await laju("crontab:check")).toMatchObject({ status: 0, stderr: "" });
    expect(await stateOf("--env", "production")).toBe("different");
    const status = JSON.parse((await laju("status", "--json")).stdout);
    expect(status.crontab.state).toBe("in order");
    const here = status.commands.filter(({ isScheduled }: { isScheduled: boolean }) => isScheduled);
    expect(here.map(({ name }: { name: string }) => name)).toEqual(["Always", "Shown"]);
  });

  test("uses the installed block's environment even with another data folder", async () => {
    await laju("crontab:install", "--env", "demo");
    const env = { PATH: `${cron.folder}/bin:${process.env.PATH}`, LAJU_DATA: join(app.root, "elsewhere") };
    expect((await app.run(["laju", "crontab:check"], { env })).status).toBe(0);
  });

  test("finds the block in order after single commands were installed, enabled or disabled", async () => {
    await laju("crontab:install", "--env", "demo");
    expect((await laju("disable", "Shown", "--install")).status).toBe(0);
    expect(commands()).toEqual(["Always"]);
    expect((await laju("enable", "Shown")).status).toBe(0);
    expect(await stateOf()).toBe("different");
    expect((await laju("crontab:install", "Shown")).status).toBe(0);
    expect(commands()).toEqual(["Always", "Shown"]);
    expect(await stateOf()).toBe("in order");
  });

  test("crontab:install with names says that other entries are missing, without calling that a problem", async () => {
    await laju("crontab:remove");
    const { status, stdout } = await laju("crontab:install", "--env", "demo", "Always");
    expect(status).toBe(0);
    expect(commands()).toEqual(["Always"]);
    expect(stdout).not.toContain("does not match");
    expect(stdout).not.toContain("older than the build");
    expect(stdout).toContain("Crontab updated: 1 added");
    expect(stdout).toContain("Other commands' entries are missing or don't match this build. Run `node laju");
    await laju("crontab:install", "--env", "demo");
    expect((await laju("crontab:install", "Always")).stdout).not.toContain("Other commands'");
  });

  test("uses this process's environment if crontab:install was given none", async () => {
    await laju("crontab:install", "--env", "demo");
    await laju("crontab:install");
    expect(marker()).toMatch(/ hash=\w{8}$/);
    expect(commands()).toEqual(["Always"]);
    expect(await stateOf()).toBe("in order");
    expect(await stateOf("--env", "demo")).toBe("different");
  });

  test("uses the options that crontab:install was given", async () => {
    const told = ["--node", "/usr/bin/env", "--log-dir", join(app.root, "elsewhere")];
    expect((await laju("crontab:install", ...told)).status).toBe(0);
    expect(await stateOf()).toBe("in order");
    expect(await stateOf("--node", process.execPath)).toBe("different");
  });
});
