import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeFolder } from "../../../framework/files/makeFolder";
import { openLog, openToAppend, openToLock, openToRead } from "../../../framework/files/openFile";
import { writeAtomically } from "../../../framework/files/writeAtomically";

let folder: string;
const place = (...names: string[]) => join(folder, ...names);
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-files-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("writeAtomically", () => {
  test("writes a private file and leaves no draft behind", () => {
    writeAtomically(place("a.json"), "one");
    writeAtomically(place("a.json"), "two");
    expect(readFileSync(place("a.json"), "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(modeOf(place("a.json"))).toBe("600");
  });

  test("replaces a link planted in its place, not the link's target", () => {
    writeFileSync(place("secret"), "secret");
    symlinkSync(place("secret"), place("a.json"));
    writeAtomically(place("a.json"), "new");
    expect(readFileSync(place("secret"), "utf8")).toBe("secret");
    expect(readFileSync(place("a.json"), "utf8")).toBe("new");
  });

  test("writes nothing to a link planted under the name of an earlier draft", () => {
    writeFileSync(place("secret"), "secret", { mode: 0o600 });
    for (const ending of [process.pid, `${process.pid}.tmp`, "tmp"]) {
      symlinkSync(place("secret"), place(`a.json.${ending}`));
    }
    writeAtomically(place("a.json"), "new", {
      owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    });
    expect(readFileSync(place("secret"), "utf8")).toBe("secret");
  });

  test("keeps the permissions of an existing file if asked to", () => {
    writeAtomically(place("report.html"), "one", { keepsMode: true });
    expect(modeOf(place("report.html"))).toBe("600");
    chmodSync(place("report.html"), 0o644);
    writeAtomically(place("report.html"), "two", { keepsMode: true });
    expect(modeOf(place("report.html"))).toBe("644");
  });

  test("after a failure leaves the old file and no draft", () => {
    mkdirSync(place("a.json"));
    writeFileSync(place("a.json", "x"), "");
    expect(() => writeAtomically(place("a.json"), "new")).toThrow();
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });
});

describe("a file that laju appends to, locks or reads", () => {
  test.each([
    ["append", openToAppend],
    ["lock", openToLock],
    ["read", openToRead],
  ])("can be opened to %s it, but never through a link", (_, open) => {
    writeFileSync(place("target"), "before");
    symlinkSync(place("target"), place("own"));
    expect(() => open(place("own"))).toThrow(
      `${place("own")} is a symlink, which laju does not follow there`,
    );
    symlinkSync(place("missing"), place("dangling"));
    expect(() => open(place("dangling"))).toThrow("is a symlink");
    expect(existsSync(place("missing"))).toBe(false);
    expect(readFileSync(place("target"), "utf8")).toBe("before");
  });

  test.each([
    ["append", openToAppend],
    ["lock", openToLock],
    ["read", openToRead],
  ])("cannot be opened to %s it if it is a named pipe", (_, open) => {
    execFileSync("mkfifo", [place("own")]);
    expect(() => open(place("own"))).toThrow(`${place("own")} is not a regular file`);
  });

  test.each([
    ["append", openToAppend],
    ["lock", openToLock],
    ["read", openToRead],
  ])("cannot be opened to %s it if it has a hard link that group members may have made", (_, open) => {
    writeFileSync(place("theirs"), "before");
    linkSync(place("theirs"), place("own"));
    closeSync(open(place("own")));
    vi.stubEnv("LAJU_GROUP", String(process.getgid?.() ?? 0));
    expect(() => open(place("own"))).toThrow(`${place("own")} has more than one hard link`);
  });

  test("may be in a folder that is a link", () => {
    mkdirSync(place("elsewhere"));
    symlinkSync(place("elsewhere"), place("data"));
    openToAppend(place("data", "runs.journal"));
    expect(modeOf(place("elsewhere", "runs.journal"))).toBe("600");
  });

  test("follows links if it is a log, for example to /dev/stdout", () => {
    symlinkSync("/dev/null", place("X.log"));
    expect(openLog(place("X.log"))).toBeGreaterThan(2);
  });
});

describe("permissions", () => {
  test.each([0o022, 0o077, 0o777, 0])("don't depend on the umask: %o", (umask) => {
    const before = process.umask(umask);
    try {
      makeFolder(place("a", "b"));
      openToLock(place("a", "c", "lock"));
      openLog(place("logs", "x.log"));
      writeAtomically(place("a", "b", "file"), "");
    } finally {
      process.umask(before);
    }
    expect(["a", "a/b", "a/c", "logs"].map((path) => modeOf(place(path)))).toEqual([
      "700",
      "700",
      "700",
      "700",
    ]);
    const files = ["a/c/lock", "logs/x.log", "a/b/file"];
    expect(files.map((path) => modeOf(place(path)))).toEqual(["600", "600", "600"]);
  });

  test("include LAJU_GROUP, also for files that others create in a folder", () => {
    const group = process.getgid?.() ?? 0;
    vi.stubEnv("LAJU_GROUP", String(group));
    makeFolder(place("data"));
    openToAppend(place("data", "runs.journal"));
    writeAtomically(place("data", "file"), "");
    expect(modeOf(place("data"))).toBe("2770");
    expect(["runs.journal", "file"].map((name) => modeOf(place("data", name)))).toEqual(["660", "660"]);
    expect(statSync(place("data", "file")).gid).toBe(group);
  });

  test("of existing files and folders are kept", () => {
    mkdirSync(place("logs"), { mode: 0o755 });
    writeFileSync(place("logs", "x.log"), "line\n", { mode: 0o640 });
    linkSync(place("logs", "x.log"), place("same"));
    openLog(place("logs", "x.log"));
    expect([modeOf(place("logs")), modeOf(place("same"))]).toEqual(["755", "640"]);
  });
});
