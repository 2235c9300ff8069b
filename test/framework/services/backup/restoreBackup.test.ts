import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite } from "../../../../framework/services/database/sqliteDriver";
import { morning } from "../../../support/apps/appInProcess";
import { type BackupApp, backupApp, backupKey } from "../../../support/apps/backupApp";

let app: BackupApp;
let file: string;
beforeEach(async () => {
  app = await backupApp();
  file = await app.takeBackup();
});
afterEach(() => app.remove());

const users = (database?: string) => app.sql("SELECT count(*) AS n FROM users", database);

test("the newest backup replaces the database, and the old database is kept", async () => {
  const older = new Date(morning.getTime() - 86_400_000);
  app.sql("DELETE FROM users WHERE id > 10");
  await app.takeBackup(older);
  app.sql("DELETE FROM users");
  const aside = `${app.database}.replaced-${morning.toISOString().replaceAll(/[-:]/g, "")}`;

  expect(await app.run(app.restore, ["--latest", "--yes"])).toBe(
    `Restored ${app.database} from ${file}; the previous one was kept as ${aside}`,
  );
  expect(users()).toEqual([{ n: 24 }]);
  expect(users(aside)).toEqual([{ n: 0 }]);
  expect(app.files().data).toEqual(["dev.sqlite3", basename(aside)]);
});

test("a backup can be chosen by name, also as an argument, and the database keeps its file mode", async () => {
  const mode = statSync(app.database).mode;
  app.sql("DELETE FROM users");
  await app.run(app.restore, [basename(file), "--yes"]);
  expect(users()).toEqual([{ n: 24 }]);
  expect(statSync(app.database).mode).toBe(mode);
});

test("a missing database is restored, without pages from a leftover log", async () => {
  rmSync(app.database);
  writeFileSync(`${app.database}-wal`, "pages of another database");
  expect(await app.run(app.restore, ["--file", file, "--yes"])).toBe(`Restored ${app.database} from ${file}`);
  expect(users()).toEqual([{ n: 24 }]);
});

test("a damaged database can be replaced, and is kept as well", async () => {
  writeFileSync(app.database, "this was a database once".repeat(500));
  await app.run(app.restore, ["--latest", "--yes"]);
  expect(users()).toEqual([{ n: 24 }]);
  expect(app.files().data).toHaveLength(2);
});

describe("nothing is changed", () => {
  let before: { bytes: Buffer; files: ReturnType<BackupApp["files"]> };
  const expectUnchanged = () => {
    expect(app.bytes().equals(before.bytes)).toBe(true);
    expect(app.files()).toEqual(before.files);
  };
  beforeEach(() => {
    before = { bytes: app.bytes(), files: app.files() };
  });
  const error = (argv: string[]) => app.run(app.restore, argv).catch((reason) => reason);

  test("without --yes", async () => {
    const { message, hint, exitStatus } = await error(["--latest"]);
    expect(message).toBe(`${basename(file)} would replace the database "dev"`);
    expect([hint, exitStatus]).toEqual([`Confirm with --yes. The newest: ${basename(file)}.`, 2]);
    expectUnchanged();
  });

  test("without a chosen backup", async () => {
    expect(await error(["--yes"])).toMatchObject({ message: "no backup chosen", exitStatus: 2 });
    expect(await error(["--yes", "--latest", "--file", file])).toMatchObject({ exitStatus: 2 });
    expectUnchanged();
  });

  test("by --check, which reads everything", async () => {
    expect(await app.run(app.restore, ["--latest", "--check"])).toBe(`${file} is intact`);
    expectUnchanged();
  });

  test("by a missing file, or one that is not a backup", async () => {
    expect((await error(["--file", "gone", "--yes"])).message).toMatch(/gone cannot be read: ENOENT/);
    writeFileSync(file, "hello");
    expect((await error(["--file", file, "--yes"])).message).toBe(`${file} is not a backup`);
    expect(app.bytes().equals(before.bytes)).toBe(true);
  });

  test("by a named pipe, which is not waited on", async () => {
    const pipe = join(app.root, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect((await error(["--file", pipe, "--yes"])).message).toBe(`${pipe} is not a regular file`);
    expectUnchanged();
  });

  test.each([
    ["magic", 0],
    ["content", 8],
    ["secret", 9],
    ["salt", 20],
    ["nonce", 30],
    ["check", 50],
    ["first encrypted", 56],
    ["middle", 2000],
    ["last encrypted", -17],
    ["tag", -1],
  ])("by a flipped bit in the %s byte", async (_where, position) => {
    const bytes = readFileSync(file);
    const at = position < 0 ? bytes.length + position : position;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await error(["--file", file, "--yes"])).toMatchObject({ code: "E_BACKUP_FILE", exitStatus: 1 });
    expectUnchanged();
  });

  test.each([0, 30, 56, 72, 73, 1000, -1])("by a file truncated to %i bytes", async (length) => {
    writeFileSync(file, readFileSync(file).subarray(0, length));
    expect(await error(["--file", file, "--yes"])).toMatchObject({ code: "E_BACKUP_FILE" });
    expectUnchanged();
  });

  test("by a file truncated within its header, which the error says", async () => {
    writeFileSync(file, readFileSync(file).subarray(0, 60));
    const { message } = await error(["--file", file, "--yes"]);
    expect(message).toBe(`${file} is damaged or truncated: its header is incomplete`);
    expectUnchanged();
  });

  test("by a file with data appended", async () => {
    writeFileSync(file, "x", { flag: "a" });
    expect((await error(["--file", file, "--yes"])).message).toBe(
      `${file} is damaged or truncated: its seal does not match`,
    );
    expectUnchanged();
  });

  test("by a correctly sealed file that contains no database", async () => {
    const { seal } = await import("../../../../framework/services/backup/seal");
    const { backupSecret } = await import("../../../../framework/services/backup/encryptionKey");
    rmSync(file);
    await seal(Readable.from(["no database"]), file, {
      content: "sqlite",
      origin: undefined,
      secret: backupSecret(backupKey),
    });
    expect(await error(["--file", file, "--yes"])).toMatchObject({ code: "E_DATABASE_DAMAGED" });
    expectUnchanged();
  });

  test("by a backup from another database engine", async () => {
    const { seal } = await import("../../../../framework/services/backup/seal");
    const { backupSecret } = await import("../../../../framework/services/backup/encryptionKey");
    const other = join(app.root, "other");
    await seal(Readable.from(["dump"]), other, {
      content: "postgres",
      origin: { database: "dev", takenAt: morning },
      secret: backupSecret(backupKey),
    });
    expect(await error(["--file", other, "--yes"])).toMatchObject({ code: "E_BACKUP_ENGINE" });
    expectUnchanged();
  });

  test("by a backup renamed to another database or time", async () => {
    const { seal } = await import("../../../../framework/services/backup/seal");
    const { backupSecret } = await import("../../../../framework/services/backup/encryptionKey");
    const content = readFileSync(app.database);
    rmSync(file);
    const origin = { database: "staging", takenAt: morning };
    const secret = backupSecret(backupKey);
    await seal(Readable.from([content]), file, { content: "sqlite", origin, secret });
    before.files = app.files();
    const renamed = {
      code: "E_BACKUP_ORIGIN",
      message: expect.stringContaining("was renamed: it is the backup staging-"),
    };
    for (const args of [
      ["--latest", "--yes"],
      ["--latest", "--check"],
      [file, "--yes", "--from", "staging"],
    ]) {
      expect(await error(args)).toMatchObject(renamed);
    }
    const later = file.replace(/T\d{6}/, "T235959");
    rmSync(file);
    await seal(Readable.from([content]), later, {
      content: "sqlite",
      origin: { ...origin, database: "dev" },
      secret,
    });
    before.files = app.files();
    expect(await error(["--latest", "--yes"])).toMatchObject({ code: "E_BACKUP_ORIGIN" });
    expectUnchanged();
  });

  test("by another database's backup, unless --from names it", async () => {
    const { seal } = await import("../../../../framework/services/backup/seal");
    const { backupSecret } = await import("../../../../framework/services/backup/encryptionKey");
    const other = join(app.folder, basename(file).replace("dev", "staging"));
    const origin = { database: "staging", takenAt: morning };
    const options = { content: "sqlite", origin, secret: backupSecret(backupKey) } as const;
    await seal(Readable.from([readFileSync(app.database)]), other, options);
    before.files = app.files();
    expect(await error([basename(other), "--yes"])).toMatchObject({
      message: `${other} is a backup of the database "staging", not of "dev"`,
      hint: expect.stringContaining("--from staging"),
    });
    expect(await error([file, "--yes", "--from", "staging"])).toMatchObject({ code: "E_BACKUP_ORIGIN" });
    expectUnchanged();
    await app.run(app.restore, [basename(other), "--yes", "--from", "staging"]);
    expect(users()).toEqual([{ n: 24 }]);
  });

  test("while another process has the database open", async () => {
    const open = openSqlite(app.database);
    expect(await error(["--latest", "--yes"])).toMatchObject({
      code: "E_DATABASE_IN_USE",
      message: `the database ${app.database} is in use by another process`,
    });
    expect(open.prepare("SELECT count(*) AS n FROM users").get()).toEqual({ n: 24 });
    open.close();
    expect(app.files()).toEqual(before.files);
  });
});

test("a backup from an older release, without an origin, can be restored", async () => {
  const { seal } = await import("../../../../framework/services/backup/seal");
  const { backupSecret } = await import("../../../../framework/services/backup/encryptionKey");
  const content = readFileSync(app.database);
  rmSync(file);
  const options = { content: "sqlite", origin: undefined, secret: backupSecret(backupKey) } as const;
  await seal(Readable.from([content]), file, options);
  expect(readFileSync(file, "latin1").slice(0, 8)).toBe("LAJUBAK1");
  app.sql("DELETE FROM users");
  await app.run(app.restore, ["--latest", "--yes"]);
  expect(users()).toEqual([{ n: 24 }]);
});

describe("the secret", () => {
  const openWith = async (value: string) => {
    const { openSealed } = await import("../../../../framework/services/backup/unseal");
    const { backupSecret } = await import("../../../../framework/services/backup/encryptionKey");
    return openSealed(file, backupSecret(value)).catch((reason) => reason);
  };

  test("the same 32 bytes in hex and in base64 are the same key", async () => {
    const base64 = Buffer.from(backupKey, "hex").toString("base64");
    expect(await openWith(base64)).toMatchObject({ content: "sqlite" });
    expect(await openWith(backupKey.toUpperCase())).toMatchObject({ content: "sqlite" });
  });

  test("a wrong key is distinguished from damage", async () => {
    expect((await openWith("ff".repeat(32))).message).toMatch(
      /^BACKUP_ENCRYPTION_KEY does not match the key that/,
    );
    expect((await openWith("a passphrase instead")).hint).toBe(
      "Only the key that it was encrypted with can decrypt it.",
    );
  });

  test("a passphrase works too", async () => {
    await app.remove();
    app = await backupApp({ BACKUP_ENCRYPTION_KEY: "correct horse battery staple" });
    file = await app.takeBackup();
    expect(await openWith("correct horse battery staple")).toMatchObject({ content: "sqlite" });
    expect((await openWith("correct horse battery stable")).hint).toMatch(/^Only the passphrase/);
  });
});
