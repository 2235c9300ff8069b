import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mayUserUse, unwritableWarnings } from "../../../../framework/crontab/install/userAccess";

const isRoot = process.getuid?.() === 0;
const idOf = (user: string) => Number(spawnSync("id", ["-u", user], { encoding: "utf8" }).stdout);

describe.skipIf(!isRoot)("write access of another user (needs root)", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "laju-access-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ["root's own", 0o644, 0, 0, false],
    ["everybody's", 0o666, 0, 0, true],
    ["the user's", 0o600, 1, 0, true],
    ["the user's, which the owner may not write", 0o444, 1, 0, false],
  ])("%s", (_, mode, isTheirs, group, expected) => {
    const file = join(folder, "X.log");
    writeFileSync(file, "");
    chmodSync(file, mode);
    chownSync(file, isTheirs ? idOf("nobody") : 0, group);
    expect(mayUserUse(file, "write", "nobody")).toBe(expected);
  });

  test("is reported after an installation for that user", () => {
    const target = {
      place: { root: "/srv/app", build: "/srv/app/build", node: process.execPath },
      data: folder,
      user: "nobody",
      rows: [
        {
          name: "X",
          description: "",
          entries: [],
          file: "commands/X.js",
          log: join(folder, "X.log"),
          priority: 0,
        },
      ],
    };
    expect(unwritableWarnings(target)).toContain(
      `nobody cannot write to ${folder}, so cron cannot start commands that need it: chown nobody ${folder}`,
    );
    expect(unwritableWarnings({ ...target, user: "root" })).toEqual([]);
  });
});
