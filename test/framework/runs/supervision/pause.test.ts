import { execFileSync } from "node:child_process";
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";

const command = (meta = "") =>
  `import { command } from "../app/console/command"; export default command({ ${meta} async run() { console.log("ran"); } });`;

describe("a pause", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({ "commands/One.ts": command('schedule: "@daily",'), "commands/Two.ts": command() });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterEach(() => rmSync(join(app.root, "data", "paused.json"), { force: true }));
  afterAll(() => app.remove());

  const start = (name: string, env: NodeJS.ProcessEnv = {}) =>
    app.run([`build/commands/${name}.js`], { env });
  const last = async (name: string) =>
    JSON.parse((await app.laju("runs", name, "--json", "--limit", "1")).stdout)[0];

  test("of one command skips its starts and records why, until it is resumed", async () => {
    const paused = await app.laju("pause", "One", "--reason", "moving house");
    expect(paused).toMatchObject({ status: 0, stderr: "" });
    expect(paused.stdout).toMatch(/^↷ One {3}paused since \w{3} \d\d \w{3} \d\d:\d\d, moving house\n$/);
    const skipped = await start("One");
    expect(skipped).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "laju: skipped One: paused: moving house\n",
    });
    expect(await last("One")).toMatchObject({
      state: "skipped",
      exitStatus: 0,
      message: "paused: moving house",
    });
    expect((await start("Two")).stdout).toBe("ran\n");
    expect(await app.laju("resume", "One")).toMatchObject({ status: 0, stdout: "✓ One resumed\n" });
    expect((await start("One")).stdout).toBe("ran\n");
    expect(existsSync(join(app.root, "data", "paused.json"))).toBe(false);
  });

  test("is not read from a pipe or through a link, and not quoted in errors", async () => {
    const file = join(app.root, "data", "paused.json");
    app.write("data/secret", "SECRET\n");
    symlinkSync(join(app.root, "data", "secret"), file);
    const linked = await start("One");
    expect(linked).toMatchObject({
      stdout: "ran\n",
      stderr: expect.stringContaining(`${file} is a symlink`),
    });
    rmSync(file);
    execFileSync("mkfifo", [file]);
    const piped = await start("One");
    expect(piped).toMatchObject({
      stdout: "ran\n",
      stderr: expect.stringContaining("is not a regular file"),
    });
    rmSync(file);
    app.write("data/paused.json", "SECRET");
    const damaged = await start("One");
    expect(damaged).toMatchObject({ stdout: "ran\n", stderr: expect.stringContaining("it is not JSON") });
    expect(linked.stderr + damaged.stderr).not.toContain("SECRET");
  });

  test("without names applies to all commands", async () => {
    await app.laju("pause");
    expect([(await start("One")).stdout, (await start("Two")).stdout]).toEqual(["", ""]);
    expect(await app.laju("resume", "One")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("all commands are paused"),
    });
    expect((await app.laju("resume")).stdout).toBe("✓ All commands resumed\n");
    expect((await start("One")).stdout).toBe("ran\n");
  });

  test("ends automatically at its time", async () => {
    await app.laju("pause", "--until", "2h");
    const { all } = JSON.parse((await app.laju("pause", "--list", "--json")).stdout);
    expect(all.until - all.since).toBe(7_200_000);
    expect((await start("One")).stderr).toMatch(/paused \(until \d{4}-/);
    app.write("data/paused.json", JSON.stringify({ all: { ...all, until: Date.now() - 1 }, commands: {} }));
    expect((await start("One")).stdout).toBe("ran\n");
    expect((await app.laju("pause", "--list")).stdout).toBe("Nothing is paused.\n");
  });

  test("does not apply to laju run and pm2's workers", async () => {
    await app.laju("pause");
    expect((await app.laju("run", "One")).stdout).toBe("ran\n");
    expect((await start("Two", { pm_id: "0" })).stdout).toBe("ran\n");
  });

  test("is rejected with an invalid time or an unknown name", async () => {
    for (const [args, message] of [
      [
        ["--until", "tomorrow"],
        '--until tomorrow is not a time\n  Give a duration, such as "2h", or a time, such as',
      ],
      [["--until", "2026-13-45"], "--until 2026-13-45 is not a time"],
      [["--until", "2027-02-30 08:00"], "--until 2027-02-30 08:00 is not a time"],
      [["--until", "2020-01-01 08:00"], "--until 2020-01-01 08:00 is in the past"],
      [["Tow"], 'there is no command "Tow"'],
    ] as const) {
      const ended = await app.laju("pause", ...args);
      expect(ended.status).toBe(2);
      expect(ended.stderr).toContain(message);
    }
  });

  test.each(["pause", "resume", "monitor"])("%s says what it cannot write", async (verb) => {
    app.write("data/paused.json", '{"all":null,"commands":{}}');
    app.write("no-folder", "");
    const data = join(app.root, "no-folder");
    expect(await app.run(["laju", verb], { env: { LAJU_DATA: data } })).toMatchObject({
      status: 1,
      stderr: `✗ ENOTDIR: not a directory, mkdir '${data}/locks'\n  This user must be able to write to ${data}/locks.\n`,
    });
  });

  test("that cannot be read is ignored with a message", async () => {
    app.write("data/paused.json", "{");
    const ended = await start("One");
    expect(ended).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(ended.stderr).toContain("running One without knowing whether it is paused");
    for (const verb of ["status", "pause", "resume"]) {
      const { status, stderr } = await app.laju(verb);
      expect({ status, lines: stderr.split("\n") }).toEqual({
        status: 1,
        lines: [
          expect.stringContaining(`✗ ${join(app.root, "data/paused.json")} cannot be read: `),
          "  Delete the file, then repeat the pauses that are still needed.",
          "",
        ],
      });
    }
  });
});
