import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withLockOn } from "../../../../framework/runs/lock/lock";
import { withMigrationLock } from "../../../../framework/services/database/migrationLock";

const modules = join(import.meta.dirname, "..", "..", "..", "..", "node_modules");
const Driver = Number.parseInt(process.versions.node, 10) < 22 ? "better-sqlite3-node20" : "better-sqlite3";

describe("waiting for a lock", () => {
  let folder: string;
  let holder: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "laju-lock-"));
  });
  afterEach(() => {
    holder?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a process that runs this code, waits until it has, and leaves it running. */
  async function hold(code: string): Promise<void> {
    const program = `${code}; console.log("held"); setInterval(() => {}, 1000);`;
    holder = spawn(process.execPath, ["-e", program], { cwd: modules, stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout as NonNullable<typeof holder.stdout>, "data");
  }

  test("gives up after a while and names the process that holds it", async () => {
    const file = join(folder, "locks", "x.lock");
    const work = () => "done";
    expect(withLockOn(file, "has been at it", work, 200)).toBe("done");
    await hold(`const fd = require("fs").openSync(${JSON.stringify(file)}, "r+");
      require("fs-native-extensions").tryLock(fd, 0x40000002, 510)`);
    expect(() => withLockOn(file, "has been at it", work, 200)).toThrow(
      `pid ${holder?.pid} (${process.execPath} -e const fd`,
    );
    expect(() => withLockOn(file, "has been at it", work, 200)).toThrow("has been at it for 0.2 s");
    holder?.kill("SIGKILL");
    expect(withLockOn(file, "has been at it", work, 5_000)).toBe("done");
  });

  test("names a process whose open files are hidden, or that only reads", async () => {
    const file = join(folder, "locks", "x.lock");
    withLockOn(file, "has been at it", () => "done", 200);
    await hold(`const lock = new (require(${JSON.stringify(Driver)}))(${JSON.stringify(file)}, { readonly: true });
      lock.exec("begin"); lock.prepare("select * from sqlite_master").all()`);
    expect(() => withLockOn(file, "has been at it", () => "done", 200)).toThrow(
      `pid ${holder?.pid} (${process.execPath} -e const lock`,
    );
  });

  test("gives up on migrations too", async () => {
    const file = join(folder, "dev.sqlite3");
    await hold(`const lock = new (require(${JSON.stringify(Driver)}))(${JSON.stringify(`${file}-migrating`)});
      lock.exec("begin exclusive")`);
    const database = { raw: async () => {} } as never;
    const place = { engine: "sqlite", file, mustExist: false } as const;
    const migration = withMigrationLock({ place, database, patience: 300 }, async () => "migrated");
    await expect(migration).rejects.toThrow(
      new RegExp(`^pid ${holder?.pid} \\(.*has been migrating this database`),
    );
  });
});
