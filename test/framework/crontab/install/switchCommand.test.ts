import { existsSync, lstatSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { fakeCrontab } from "../../../support/crontab/fakeCrontab";

const source = (meta: string) => `
import { command } from "../app/console/command";
export default command({ ${meta}, run() {} });
`;

describe("enable and disable", () => {
  let app: TestApp;
  const file = () => join(app.root, "schedule.json");
  const crontab = fakeCrontab();
  const laju = (...args: string[]) =>
    app.run(["laju", ...args], { env: { PATH: `${join(crontab.folder, "bin")}:${process.env.PATH}` } });
  const isEnabled = async (name: string) =>
    JSON.parse((await laju("list", "--json")).stdout).find((row: { name: string }) => row.name === name)
      .enabled;
  beforeAll(async () => {
    app = makeApp({
      "commands/Cleanup.ts": source('schedule: "0 2 * * *"'),
      "commands/Digest.ts": source('schedule: "0 8 * * *", enabled: false'),
      "commands/Demo.ts": source('schedule: "0 9 * * *", environments: ["demo"]'),
      "commands/ByHand.ts": source('description: "By hand"'),
    });
    expect((await laju("build")).stderr).toBe("");
  });
  afterEach(() => rmSync(file(), { force: true }));
  afterAll(() => {
    app.remove();
    crontab.remove();
  });

  test("report that nothing is installed", async () => {
    expect((await laju("disable", "Cleanup")).stdout).toBe(
      "✓ Cleanup disabled in schedule.json\n  The crontab has no entry that starts it.\n",
    );
    expect((await laju("enable", "Cleanup")).stdout).toContain(
      "  The crontab will start it after node laju crontab:install Cleanup.\n",
    );
    crontab.put("# BEGIN laju of somebody\n");
    expect((await laju("list")).stdout).toMatch(
      /Not started here: Digest \(disabled\); Demo \(only in demo\)\n[\s\S]* · node laju crontab:install to apply\n$/,
    );
    rmSync(join(crontab.folder, "table"));
  });

  test("write the override and say that the crontab is unchanged", async () => {
    expect((await laju("crontab:install", "--yes")).status).toBe(0);
    expect((await laju("list")).stdout).toMatch(/, 1 of them in "development" · UTC\n$/);
    expect(await laju("disable", "Cleanup")).toMatchObject({
      status: 0,
      stderr: "",
      stdout:
        "✓ Cleanup disabled in schedule.json\n  The crontab keeps starting it until you run node laju crontab:install Cleanup.\n",
    });
    expect(app.read("schedule.json")).toBe('{\n  "Cleanup": { "enabled": false }\n}\n');
    expect(await isEnabled("Cleanup")).toBe(false);
    expect((await laju("disable", "Cleanup")).stdout).toContain("✓ Cleanup is already disabled\n");
    expect((await laju("enable", "commands/Cleanup.ts")).stdout).toBe(
      "✓ Cleanup enabled in schedule.json\n  The crontab starts it.\n",
    );
    expect(await isEnabled("Cleanup")).toBe(true);
    expect((await laju("crontab:remove", "--yes")).status).toBe(0);
  });

  test("enable a command that its source disables", async () => {
    expect(await isEnabled("Digest")).toBe(false);
    await laju("enable", "Digest");
    expect(await isEnabled("Digest")).toBe(true);
    expect(app.read("schedule.json")).toBe('{\n  "Digest": { "enabled": true }\n}\n');
  });

  test("keep the file's other contents, and keep a link a link", async () => {
    app.write("shared.json", '{ "Digest": { "enabled": true },\n  "Cleanup": {\n    "log": "x.log"\n  } }');
    symlinkSync("shared.json", file());
    await laju("disable", "Cleanup");
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(app.read("shared.json")).toBe(
      '{ "Digest": { "enabled": true },\n  "Cleanup": {\n    "log": "x.log",\n    "enabled": false\n  } }',
    );
  });

  test("all take effect if several run at once", async () => {
    const names = ["Cleanup", "Demo", "ByHand"];
    const ended = await Promise.all([...names, "Cleanup"].map((name) => laju("disable", name)));
    expect(ended.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(Object.keys(JSON.parse(app.read("schedule.json"))).sort()).toEqual([...names].sort());
  });

  test("say why an enabled command still won't start", async () => {
    await laju("disable", "Demo");
    expect((await laju("enable", "Demo")).stdout).toContain(
      "  It is only scheduled in the environment demo, and this is development.\n",
    );
    expect((await laju("enable", "ByHand")).stdout).toBe(
      "✓ ByHand is already enabled\n  It has no schedule: the crontab does not start it.\n",
    );
  });

  test("reject an unknown name and write nothing", async () => {
    expect(await laju("disable", "Clenup")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: '✗ there is no command "Clenup"\n  Did you mean Cleanup?\n',
    });
    expect((await laju("disable")).stderr).toContain("✗ disable needs <Name>\n");
    expect(existsSync(file())).toBe(false);
  });

  test("with --install change only the command's crontab entries", async () => {
    await laju("crontab:install", "--yes");
    const before = crontab.table()?.toString() ?? "";
    expect(before).toContain("commands/Cleanup.js");
    const disabled = await laju("disable", "Cleanup", "--install");
    expect(disabled).toMatchObject({ status: 0, stderr: "" });
    expect(disabled.stdout).toMatch(/^✓ Cleanup disabled in schedule\.json\n✓ Crontab updated: 1 removed/);
    expect(crontab.table()?.toString()).not.toContain("commands/Cleanup.js");
    await laju("enable", "Digest");
    await laju("enable", "Cleanup", "--install");
    expect(crontab.table()?.toString()).toBe(before);
  });

  test("with --install write nothing if the crontab cannot be installed", async () => {
    const source = app.read("commands/Cleanup.ts");
    app.write("commands/Cleanup.ts", `${source}\n`);
    const refused = await laju("disable", "Cleanup", "--install");
    app.write("commands/Cleanup.ts", source);
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("✗ the build is older than its sources");
    expect(existsSync(file())).toBe(false);
  });

  test("have a help text", async () => {
    expect((await laju("disable", "--help")).stdout).toMatch(
      /^Turn a command's schedule off in this deployment\n\nUsage {2}node laju disable <Name> \[options\]\n/,
    );
    expect((await laju("enable", "--help")).stdout).toContain("--install");
  });
});
