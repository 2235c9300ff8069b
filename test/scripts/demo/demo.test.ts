import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changesIn, cloneProject } from "../../support/apps/clone";
import { needs } from "../../support/servers/requirement";

const git = needs("git");

describe.skipIf(git.skip)(`npm start in a fresh clone${git.label}`, () => {
  let clone: string;
  let home: string;
  beforeAll(() => {
    clone = cloneProject({ withModules: true });
    home = dirname(clone);
  });
  afterAll(() => {
    if (clone) rmSync(dirname(clone), { recursive: true, force: true });
  });

  test("shows the whole workflow in a new demo app, and changes only data/demo", () => {
    // A file as an earlier run of the demo would leave it behind.
    const leftover = join(clone, "data", "demo", "data", "demo.sqlite3");
    mkdirSync(dirname(leftover), { recursive: true });
    writeFileSync(leftover, "not a database");
    // Settings of the user, which must not affect the demo.
    const settings = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none", LAJU_DATA: "/nowhere" };
    const env = { PATH: process.env.PATH, HOME: home, ...settings };
    const ended = spawnSync("npm", ["start", "--silent"], { cwd: clone, encoding: "utf8", env });
    expect(ended).toMatchObject({ status: 0 });
    for (const words of [
      "SendDailyDigest",
      "* * * cd ",
      "GreetNewUsers",
      "Subject: Your digest",
      "node laju runs",
      "node laju make:command SendDailyEmails",
    ]) {
      expect(ended.stdout).toContain(words);
    }
    expect(ended.stdout).toMatch(/✓ \d+ +SendDailyDigest/);
    expect(ended.stdout).not.toContain("✗");

    expect(changesIn(clone)).toBe("");
    expect(readdirSync(join(clone, "data"))).toEqual(["demo"]);
    for (const folder of ["build", "logs"]) expect(existsSync(join(clone, folder))).toBe(false);
    expect(readdirSync(home).filter((name) => !["laju", ".npm"].includes(name))).toEqual([]);
    const log = readFileSync(join(clone, "data", "demo", "logs", "SendDailyDigest.log"), "utf8");
    expect(log).not.toContain('"level":"error"');
  });
});
