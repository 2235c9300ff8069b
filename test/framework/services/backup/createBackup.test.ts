import { spawn } from "node:child_process";
import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copySqlite } from "../../../../framework/services/backup/sqliteCopy";
import { openSqlite } from "../../../../framework/services/database/sqliteDriver";
import { morning } from "../../../support/apps/appInProcess";
import { type BackupApp, backupApp, backupKey } from "../../../support/apps/backupApp";

let app: BackupApp;
beforeEach(async () => {
  app = await backupApp();
});
afterEach(() => app.remove());

test("a backup is one encrypted file that only its owner can read, and nothing unencrypted is left behind", async () => {
  const file = await app.takeBackup();

  expect(basename(file)).toBe(`dev-${morning.toISOString().replaceAll(/[-:]/g, "")}.sqlite3.gz.enc`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(app.files()).toEqual({ data: ["dev.sqlite3"], backups: [basename(file)] });
  const bytes = readFileSync(file);
  expect(bytes.includes("SQLite format 3")).toBe(false);
  expect(bytes.includes("example.com")).toBe(false);
});

test("the file matches its documented format", async () => {
  const bytes = readFileSync(await app.takeBackup());
  const [salt, nonce] = [bytes.subarray(12, 28), bytes.subarray(28, 40)];
  const key = (use: string) =>
    Buffer.from(hkdfSync("sha256", Buffer.from(backupKey, "hex"), salt, `laju backup ${use}`, 32));

  const origin = Buffer.from(`{"database":"dev","takenAt":"${morning.toISOString()}"}`);
  const end = 40 + origin.length;
  expect(bytes.subarray(0, 12)).toEqual(
    Buffer.from(`LAJUBAK2\x01\x00\x00${String.fromCharCode(origin.length)}`, "latin1"),
  );
  expect(bytes.subarray(40, end)).toEqual(origin);
  const check = createHmac("sha256", key("check")).update(bytes.subarray(0, end)).digest().subarray(0, 16);
  expect(bytes.subarray(end, end + 16)).toEqual(check);
  const decipher = createDecipheriv("aes-256-gcm", key("encryption"), nonce)
    .setAAD(bytes.subarray(0, end + 16))
    .setAuthTag(bytes.subarray(-16));
  const packed = Buffer.concat([decipher.update(bytes.subarray(end + 16, -16)), decipher.final()]);
  expect(gunzipSync(packed).toString("latin1", 0, 15)).toBe("SQLite format 3");
});

test("two backups of the same data differ in salt, nonce and content", async () => {
  const first = readFileSync(await app.takeBackup(new Date(1)));
  const second = readFileSync(await app.takeBackup(new Date(2)));
  expect(first.subarray(12, 40).equals(second.subarray(12, 40))).toBe(false);
  expect(first.subarray(120, 160).equals(second.subarray(120, 160))).toBe(false);
});

test("a backup is a consistent snapshot, however much is written meanwhile", async () => {
  app.sql("CREATE TABLE filler AS SELECT zeroblob(25000000) AS bytes");
  app.sql("CREATE TABLE counter AS SELECT 0 AS n");
  const writer = openSqlite(app.database);
  const count = writer.prepare("UPDATE counter SET n = n + 1");
  // Write to the database between every two steps of the copy. With SQLite's backup alone, the copy would start over
  // each time.
  let writes = 0;
  const most = 20_000;
  let isWriting = true;
  setImmediate(function write() {
    if (!isWriting || writes === most) return;
    count.run();
    writes += 1;
    setImmediate(write);
  });
  const copy = join(app.root, "copy.sqlite3");
  await copySqlite(app.database, copy);
  isWriting = false;
  writer.close();

  expect(app.sql("SELECT n FROM counter", copy)).toEqual([{ n: 0 }]);
  expect(writes).toBeGreaterThan(2);
  expect(writes).toBeLessThan(most);
});

test("a backup removes files left by a killed one, but not those of one still running", async () => {
  mkdirSync(app.folder);
  const gone = spawn(process.execPath, ["-e", ""]);
  await once(gone, "exit");
  const { hostname } = await import("node:os");
  const leftover = (pid: number | undefined, rest: string) =>
    join(app.folder, `.laju-backup-${hostname()}-${pid}-${rest}`);
  writeFileSync(leftover(gone.pid, "00000000aaaa.tmp"), "plain");
  writeFileSync(leftover(gone.pid, "00000000aaaa.tmp-journal"), "plain");
  const living = leftover(process.ppid, "00000000bbbb.tmp");
  writeFileSync(living, "plain");

  const file = await app.takeBackup();
  expect(app.files().backups).toEqual([basename(living), basename(file)]);
});

test("a backup ended by process.exit leaves nothing unencrypted behind", async () => {
  const program = join(app.root, "exits.ts");
  const module = join(import.meta.dirname, "../../../../framework/services/backup/temporaryFiles.ts");
  writeFileSync(
    program,
    `import { writeFileSync } from "node:fs";
     import { withTemporaryFile } from ${JSON.stringify(module)};
     void withTemporaryFile(${JSON.stringify(app.folder)}, async (file) => {
       writeFileSync(file, "plain");
       process.exit(7);
     });`,
  );
  const child = spawn(join(import.meta.dirname, "../../../../node_modules/.bin/tsx"), [program]);
  expect(await once(child, "exit")).toEqual([7, null]);
  expect(app.files().backups).toEqual([]);
});

test("an aborted backup leaves nothing behind", async () => {
  const signal = AbortSignal.abort(new Error("ended by SIGTERM"));
  await expect(app.run(app.backup, [], { signal })).rejects.toThrow();
  expect(app.files().backups).toEqual([]);
});

describe("anything that prevents a backup is an error, and leaves nothing behind", () => {
  const fails = async (variables: Record<string, string>) => {
    await app.remove();
    app = await backupApp(variables);
    return app.run(app.backup).catch((error) => error);
  };

  test("no key", async () => {
    const error = await fails({ BACKUP_ENCRYPTION_KEY: "" });
    expect(error.message).toBe("BACKUP_ENCRYPTION_KEY is not set, and backups are always encrypted");
    expect(error.hint).toContain("openssl rand -hex 32");
  });

  test("a short passphrase, which is not shown", async () => {
    const error = await fails({ BACKUP_ENCRYPTION_KEY: "hunter2" });
    expect(error.message).toBe("BACKUP_ENCRYPTION_KEY has 7 characters, but a passphrase needs at least 16");
  });

  test("a MySQL database", async () => {
    // Create the tables in SQLite, because only the backup is to use the other database.
    const { fresh } = await import("../../../support/apps/fresh");
    const variables = { LAJU_ROOT: app.root, DATABASE_URL: "mysql://u:secret@127.0.0.1:1/shop" };
    const { createBackup } = await fresh(
      variables,
      () => import("../../../../framework/services/backup/createBackup"),
    );
    const error = await createBackup().catch((reason) => reason);
    expect(error.message).toBe("laju cannot back up MySQL databases");
    expect(JSON.stringify([error.message, error.hint])).not.toContain("secret");
  });

  test("a missing database", async () => {
    rmSync(app.database);
    await expect(app.run(app.backup)).rejects.toThrow(/the database .*dev\.sqlite3 cannot be opened/);
    expect(app.files()).toEqual({ data: [], backups: [] });
  });

  test("a damaged database", async () => {
    app.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = app.bytes();
    bytes.fill(0xff, 4096 * 4, 4096 * 12);
    writeFileSync(app.database, bytes);
    await expect(app.run(app.backup)).rejects.toMatchObject({ code: "E_DATABASE_DAMAGED" });
    expect(app.files().backups).toEqual([]);
  });

  test("a file in place of the folder", async () => {
    writeFileSync(app.folder, "");
    await expect(app.run(app.backup)).rejects.toMatchObject({ code: "E_BACKUP_FOLDER" });
  });
});

describe("CleanBackups", () => {
  const daysAgo = (days: number) => new Date(morning.getTime() - days * 86_400_000);

  test("deletes backups older than the retention, but never the newest of a database", async () => {
    const files = [];
    for (const days of [31, 40, 29, 1]) files.push(basename(await app.takeBackup(daysAgo(days))));
    const result = await app.run(app.clean);
    expect(result).toEqual({ message: "Backups: 2 deleted, 2 kept", processed: 2 });
    expect(app.files().backups).toEqual(files.slice(2).sort());

    expect(await app.run(app.clean, ["--days", "1"], { now: new Date(2030, 0, 1) })).toMatchObject({
      message: "Backups: 1 deleted, 1 kept",
    });
    expect(app.files().backups).toEqual([files[3]]);
  });

  test("leaves other files alone", async () => {
    const old = await app.takeBackup(daysAgo(90));
    await app.takeBackup(daysAgo(1));
    const name = (database: string) => basename(old).replace("dev", database);
    writeFileSync(join(app.folder, name("notes")), "LAJUBAK? not ours");
    mkdirSync(join(app.folder, name("folder")));
    symlinkSync("/nowhere", join(app.folder, name("link")));
    writeFileSync(join(app.folder, "dev-2020.sqlite3.gz.enc"), "LAJUBAK1");
    await app.run(app.clean);
    expect(app.files().backups).toHaveLength(5);
  });

  test("--dry-run deletes nothing", async () => {
    await app.takeBackup(daysAgo(90));
    await app.takeBackup(daysAgo(80));
    const result = await app.run(app.clean, ["--dry-run"]);
    expect(result).toMatchObject({ message: "Backups: 1 would be deleted, 1 kept" });
    expect(app.files().backups).toHaveLength(2);
  });

  test("a missing folder is not an error", async () => {
    expect(await app.run(app.clean)).toEqual({ message: "Backups: 0 deleted, 0 kept", processed: 0 });
  });
});
