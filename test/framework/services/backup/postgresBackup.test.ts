import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AppInProcess } from "../../../support/apps/appInProcess";
import { blogApp } from "../../../support/apps/blogApp";
import { postgresNeed, startPostgres } from "../../../support/servers/postgres";
import { needs } from "../../../support/servers/requirement";
import type { TestServer } from "../../../support/servers/server";

const tools = needs("pg_dump");

describe.skipIf(postgresNeed.skip || tools.skip)(
  `backups of PostgreSQL${postgresNeed.label}${tools.label}`,
  () => {
    const searchPath = process.env.PATH;
    let server: TestServer;
    let app: AppInProcess;

    beforeAll(async () => {
      server = await startPostgres();
    });
    afterEach(async () => {
      process.env.PATH = searchPath;
      await app.DB.raw("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      await app.remove();
    });
    afterAll(() => server.stop());

    async function start() {
      app = await blogApp({
        DATABASE_URL: server.url,
        BACKUP_ENCRYPTION_KEY: "ab".repeat(32),
        BACKUP_DIR: "backups",
      });
      const { default: backup } = await import("../../../../framework/programs/backup");
      const { default: restore } = await import("../../../../framework/programs/restore");
      return { backup, restore, folder: join(app.root, "backups") };
    }

    test("a dump is sealed and restored, after backing up the database it replaces", async () => {
      const { backup, restore, folder } = await start();
      await app.run(backup);
      const [name = ""] = readdirSync(folder);
      expect(name).toMatch(/^postgres-\d{8}T\d{6}\.\d{3}Z\.pgdump\.gz\.enc$/);
      expect(readFileSync(join(folder, name)).includes("PGDMP")).toBe(false);

      await app.DB("users").delete();
      const later = new Date(Date.now() + 1000);
      const message = await app.run(restore, ["--file", name, "--yes"], { now: later });
      expect(await app.DB("users").count("* as count").first()).toEqual({ count: expect.anything() });
      expect(await app.DB("users").pluck("id")).toHaveLength(24);
      expect(message).toMatch(
        /^Restored postgres from .*; the previous one was kept as .*backups\/postgres-/,
      );
      expect(readdirSync(folder)).toHaveLength(2);
    });

    test("a restore that fails halfway changes nothing", async () => {
      const { backup, restore, folder } = await start();
      await app.run(backup);
      const [name = ""] = readdirSync(folder);
      // A view that is not in the archive depends on one of its tables, so DROP TABLE fails.
      await app.DB.raw("CREATE VIEW readers AS SELECT * FROM users");
      await app.DB("posts").delete();
      const later = new Date(Date.now() + 1000);
      await expect(app.run(restore, ["--file", name, "--yes"], { now: later })).rejects.toThrow(
        /^pg_restore exited with status 1: .*depend/s,
      );
      expect(await app.DB("posts").pluck("id")).toEqual([]);
      expect(await app.DB("users").pluck("id")).toHaveLength(24);
    });

    test("a flipped bit is detected before pg_restore starts", async () => {
      const { backup, restore, folder } = await start();
      await app.run(backup);
      const { writeFileSync } = await import("node:fs");
      const file = join(folder, readdirSync(folder)[0] ?? "");
      const bytes = readFileSync(file);
      bytes[200] = (bytes[200] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      process.env.PATH = "/nowhere";
      await expect(app.run(restore, ["--file", file, "--yes"])).rejects.toMatchObject({
        code: "E_BACKUP_FILE",
      });
    });

    test("without pg_dump, the error says what to install, and no file is left behind", async () => {
      const { backup, folder } = await start();
      process.env.PATH = "/nowhere";
      await expect(app.run(backup)).rejects.toMatchObject({
        message: "pg_dump is not installed, but PostgreSQL backups need it",
      });
      expect(readdirSync(folder)).toEqual([]);
    });

    test("pg_dump's arguments never contain the password, not even one from the URL's query string", async () => {
      const { folder } = await start();
      const shown = join(app.root, "arguments");
      const wrapper = join(app.root, "bin", "pg_dump");
      mkdirSync(join(app.root, "bin"));
      writeFileSync(wrapper, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${shown}'\nexec '${tools.path}' "$@"\n`, {
        mode: 0o755,
      });
      process.env.PATH = `${join(app.root, "bin")}:${searchPath}`;
      const query = "application_name=a%20b&%70assword=s3cret&sslpassword=s3cret2";
      const urls = [server.url, `${server.url.replace(":s3cret@", "@")}?${query}`];
      const { fresh } = await import("../../../support/apps/fresh");
      for (const url of urls) {
        const variables = { LAJU_ROOT: app.root, DATABASE_URL: url };
        const { createBackup } = await fresh(
          variables,
          () => import("../../../../framework/services/backup/createBackup"),
        );
        await createBackup();
      }
      expect(readdirSync(folder)).toHaveLength(2);
      const said = readFileSync(shown, "utf8");
      expect(said).not.toContain("s3cret");
      expect(said).toContain("?application_name=a%20b\n");
    });

    test("a truncated dump is an error with pg_dump's own message, and leaves no file behind", async () => {
      const { folder } = await start();
      const { fresh } = await import("../../../support/apps/fresh");
      const wrong = server.url.replace(/postgres$/, "no_such_database");
      const variables = { LAJU_ROOT: app.root, DATABASE_URL: wrong };
      const { createBackup } = await fresh(
        variables,
        () => import("../../../../framework/services/backup/createBackup"),
      );
      const error = await createBackup().catch((reason) => reason);
      expect(error.message).toMatch(/^pg_dump exited with status 1: .*no_such_database/s);
      expect(error.message).not.toContain("s3cret");
      expect(readdirSync(folder)).toEqual([]);
    });
  },
);
