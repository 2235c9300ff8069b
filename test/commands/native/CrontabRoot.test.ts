import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../../support/crontab/fakeCrontab";

describe("the entries of an app in releases", () => {
  let app: TestApp;
  let cron: FakeCrontab;
  let folder: string;
  /** The app's path in crontab lines: a symlink to the current release. */
  let current: string;
  let node: string;
  let logs: string;

  beforeAll(async () => {
    cron = fakeCrontab();
    app = makeApp({ "commands/Daily.ts": scheduled("0 8 * * *") }, { name: "41 of 100%" });
    folder = dirname(app.root);
    current = join(folder, "it's current");
    node = join(folder, "node's bin", "node");
    logs = join(folder, "the logs");
    mkdirSync(dirname(node));
    symlinkSync(process.execPath, node);
    app.write(".env", `LAJU_DATA=${join(folder, "shared")}\n`);
    expect((await laju("build")).stderr).toBe("");
  });
  beforeEach(async () => {
    rmSync(join(folder, "shared"), { recursive: true, force: true });
    rmSync(current, { force: true });
    symlinkSync(app.root, current);
    cron.put("# mine\n");
  });
  afterAll(() => {
    app.remove();
    cron.remove();
  });

  const env = () => ({ PATH: `${cron.folder}/bin:${dirname(process.execPath)}:${process.env.PATH}` });
  const laju = (...args: string[]) => app.run(["laju", ...args], { env: env() });
  /** Runs the command that a message shows in backticks. */
  const type = (text: string, cwd = app.root) => {
    const command = /`(.*)`/.exec(text)?.[1] ?? `false "${text}"`;
    return app.run(["-c", command], { program: "/bin/sh", env: env(), cwd });
  };
  const table = () => String(cron.table());
  const roots = () => [...table().matchAll(/^# BEGIN laju (.*) hash=/gm)].map(([, root]) => root);
  const installed = () => ["--root", current, "--node", node, "--log-dir", logs];

  test("keep root, node and log folder if crontab:install is not given them again", async () => {
    expect(await laju("crontab:install", ...installed())).toMatchObject({ status: 0, stderr: "" });
    const before = table();
    const again = await laju("crontab:install");
    expect(again).toMatchObject({ status: 0, stderr: "" });
    expect(again.stdout).toMatch(
      /^✓ Crontab was up to date: 1 unchanged\n {2}Options kept from the last install: --root '/,
    );
    expect(table()).toBe(before);
    rmSync(join(folder, "shared"), { recursive: true });
    expect((await laju("crontab:check")).stdout).toContain(" matches the build");
    expect((await laju("crontab:install")).status).toBe(0);
    expect(table()).toBe(before);
  });

  test("are restored by the command that crontab:check suggests", async () => {
    await laju("crontab:install", ...installed());
    const before = table();
    for (const damage of [() => "", (text: string) => text.replace("0 8 * * *", "0 9 * * *")]) {
      cron.put(damage(before));
      const check = await laju("crontab:check");
      expect(check.status).toBe(1);
      expect(check.stdout).toContain("--root");
      expect(await type(check.stdout)).toMatchObject({ status: 0, stderr: "" });
      expect(table().replace("# mine\n", "")).toBe(before.replace("# mine\n", ""));
    }
  });

  test("are refused under a second root unless they are to be replaced", async () => {
    await laju("crontab:install", ...installed());
    const before = table();
    for (const args of [
      ["crontab:install"],
      ["crontab:install", "Daily"],
      ["enable", "Daily", "--install"],
    ]) {
      const refused = await laju(...args, "--root", app.root);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain(`the crontab already has this app's entries, as ${current}: a second`);
      expect(table()).toBe(before);
    }
    const { stderr } = await laju("crontab:install", "--root", app.root);
    expect((await type(stderr)).stdout).toContain("✓ Crontab updated: 1 changed");
    expect(roots()).toEqual([app.root]);
    expect(table()).toContain("# mine\n");
  });

  test("are reported if they are installed twice, with the command that removes one", async () => {
    await laju("crontab:install", "--root", current);
    cron.put(table() + blockFor(app.root));
    expect(roots()).toEqual([current, app.root]);
    const twice = `entries twice, as ${current} and as ${app.root}: every command runs twice`;
    for (const verb of ["crontab:check", "status", "doctor"]) {
      expect((await laju(verb)).stdout.replaceAll(/\n +/g, " ")).toContain(twice);
    }
    expect((await laju("crontab:install")).stdout.replaceAll(/\n +/g, " ")).toContain(twice);
    const { status, stdout } = await laju("crontab:check");
    expect(status).toBe(1);
    expect(await type(stdout)).toMatchObject({ status: 0, stderr: "" });
    expect(roots()).toEqual([current]);
    expect((await laju("crontab:check")).status).toBe(0);
    expect(existsSync(join(folder, "shared", "installation.json"))).toBe(true);
    expect(await laju("crontab:remove")).toMatchObject({ status: 0, stderr: "" });
    expect(roots()).toEqual([]);
  });

  test("are not duplicated by another release with the same data folder", async () => {
    const other = app.copy();
    const { stdout } = await other.run(["laju", "crontab:install"], { env: env() });
    expect(stdout).toContain("✓ Crontab updated: 1 added");
    const refused = await laju("crontab:install");
    expect(refused.stderr).toContain(`entries, as ${other.root}: a second block`);
    expect((await type(refused.stderr)).status).toBe(0);
    expect(roots()).toEqual([app.root]);
    other.remove();
  });

  test("keep the link's path while it points to another release", async () => {
    await laju("crontab:install", ...installed());
    const other = app.copy();
    rmSync(current);
    symlinkSync(other.root, current);
    other.write("commands/Daily.ts", scheduled("0 9 * * *"));
    await other.run(["laju", "build"]);
    const { stdout } = await other.run(["laju", "crontab:check"], { env: env() });
    expect(stdout).toContain(" is older than the build");
    expect((await type(stdout, other.root)).status).toBe(0);
    expect(roots()).toEqual([current]);
    const left = await laju("crontab:check");
    expect(left.status).toBe(1);
    expect(left.stdout).toContain(
      `starts ${current}, which links to ${other.root}, but this is ${app.root}\n`,
    );
    other.remove();
  });

  test("are replaced on request after the app was moved", async () => {
    await laju("crontab:install");
    const moved = join(folder, "moved");
    renameSync(app.root, moved);
    try {
      const refused = await app.run(["laju", "crontab:install"], { env: env(), cwd: moved });
      expect(refused.stderr).toContain(`entries, as ${app.root}, where the app was before`);
      expect((await type(refused.stderr, moved)).status).toBe(0);
      expect(roots()).toEqual([moved]);
    } finally {
      renameSync(moved, app.root);
    }
  });

  test("are independent of those of an app with other data", async () => {
    const other = app.copy();
    other.write(".env", "");
    expect((await other.run(["laju", "crontab:install"], { env: env() })).status).toBe(0);
    expect(await laju("crontab:install")).toMatchObject({ status: 0, stderr: "" });
    expect(roots()).toEqual([other.root, app.root]);
    expect((await laju("crontab:check")).status).toBe(0);
    other.remove();
  });

  test("use the node that runs crontab:install, unless one was given", async () => {
    await app.run(["laju", "crontab:install"], { env: env(), program: node });
    cron.put(table().replaceAll(process.execPath, node));
    // After an edit by hand, the options that crontab:install recorded apply instead of those in the block.
    expect((await laju("crontab:check")).stdout).toContain("was edited by hand");
    await laju("crontab:install", "--node", node);
    rmSync(node);
    expect((await laju("crontab:install")).status).toBe(0);
    expect(table()).toContain(process.execPath);
    symlinkSync(process.execPath, node);
  });

  /** The block of an older laju, which didn't record the options and wrote its own root. */
  function blockFor(root: string): string {
    return table()
      .slice(table().indexOf("# BEGIN"))
      .replaceAll(current, root)
      .replaceAll(current.replaceAll("'", `'"'"'`), root.replaceAll("%", "\\%"));
  }
});

function scheduled(schedule: string): string {
  return `export const meta = { schedule: "${schedule}" }; console.log("done");`;
}
