import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";

/** laju's migrations and the app's: the sources in development, build/…/migrations in a build. */
export const migrationFolders = [
  join(import.meta.dirname, "..", "..", "migrations"),
  join(paths.app, "migrations"),
] as const;

/** Knex's type lacks `export const config = { transaction: false }`. */
type MigrationModule = Knex.Migration & { config?: { transaction?: boolean } };

interface MigrationFile {
  name: string;
  file: string;
}

/** Migrations are named without their extension, so that sources (.ts) and build (.js) share one history. */
export function migrationSource(
  folders: readonly string[] = migrationFolders,
): Knex.MigrationSource<MigrationFile> {
  return {
    getMigrations: async () => migrationFiles(folders),
    getMigrationName: ({ name }) => name,
    async getMigration({ name, file }) {
      const loaded = await import(pathToFileURL(file).href);
      // For the build's CommonJS files, Node puts the exports in `default` if it can't detect their names.
      const migration = typeof loaded.up === "function" ? loaded : loaded.default;
      if (typeof migration?.up === "function") return withDown(name, migration);
      throw new LajuError(`the migration ${file} does not export a function "up"`, {
        code: "E_MIGRATION",
        hint: "Export `async function up(knex: Knex) { … }`, and `down` in the same way.",
      });
    },
  };
}

/** The names of this release's migrations, in the order they run. */
export function knownMigrations(folders: readonly string[] = migrationFolders): string[] {
  return migrationFiles(folders).map(({ name }) => name);
}

/** The names of laju's own migrations. Older apps may contain copies of them in app/migrations. */
export function lajuMigrations(): string[] {
  return knownMigrations([migrationFolders[0]]);
}

/** The migrations that have run, in order. Changes nothing. */
export async function migrationsDone(
  knex: Knex,
  table = "knex_migrations",
): Promise<{ name: string; batch: number }[]> {
  if (!(await knex.schema.hasTable(table))) return [];
  const rows: { name: string; batch: number }[] = await knex(table).select("name", "batch").orderBy("id");
  return rows.map(({ name, batch }) => ({ name: plainName(name), batch }));
}

/** Whether a migration runs in a transaction: not if it has `export const config = { transaction: false }`. */
export async function runsInTransaction(name: string): Promise<boolean> {
  const source = migrationSource();
  const file = (await source.getMigrations([])).find((migration) => migration.name === name);
  const { config } = file === undefined ? {} : ((await source.getMigration(file)) as MigrationModule);
  return config?.transaction !== false;
}

/**
 * Removes file extensions from the names in a history that knex's own migrator wrote, as it does in apps made with the web framework Laju.
 */
export async function adoptHistory(knex: Knex, table = "knex_migrations"): Promise<void> {
  if (!(await knex.schema.hasTable(table))) return;
  const rows: { id: number; name: string }[] = await knex(table).select("id", "name");
  for (const { id, name } of rows) {
    const plain = plainName(name);
    if (plain !== name) await knex(table).where({ id }).update({ name: plain });
  }
}

function plainName(file: string): string {
  return file.replace(/\.[cm]?[jt]s$/, "");
}

/**
 * All migration files, sorted by name, which begins with a date. If two folders have a file with the same name, the
 * first folder's is used.
 */
function migrationFiles(folders: readonly string[]): MigrationFile[] {
  const files = folders.flatMap((folder) =>
    namesIn(folder)
      .filter((file) => /^[^._].*\.[cm]?[jt]s$/.test(file) && !/\.d\.[cm]?ts$/.test(file))
      .map((file) => ({ name: plainName(file), file: join(folder, file) })),
  );
  const first = files.filter(({ name }, at) => files.findIndex((other) => other.name === name) === at);
  return first.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** Knex requires `down` even to migrate up. For a migration without one, adds a `down` that throws. */
function withDown(name: string, migration: MigrationModule): MigrationModule {
  const down = () => {
    throw new LajuError(`the migration ${name} cannot be rolled back: it does not export a function "down"`, {
      code: "E_MIGRATION",
    });
  };
  return { up: migration.up, down: migration.down ?? down, config: migration.config };
}
