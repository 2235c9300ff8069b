import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";

/** laju's own and the app's: the sources in development, build/…/migrations in the build. */
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

/**
 * Migrations are known by name without extension, so that the sources (.ts) and the build (.js) are one history.
 */
export function migrationSource(
  folders: readonly string[] = migrationFolders,
): Knex.MigrationSource<MigrationFile> {
  return {
    getMigrations: async () => migrationFiles(folders),
    getMigrationName: ({ name }) => name,
    async getMigration({ name, file }) {
      const loaded = await import(pathToFileURL(file).href);
      // CommonJS, as the build writes it, has its exports in `default` where Node can't see their names.
      const migration = typeof loaded.up === "function" ? loaded : loaded.default;
      if (typeof migration?.up === "function") return withDown(name, migration);
      throw new LajuError(`the migration ${file} exports no function "up"`, {
        code: "E_MIGRATION",
        hint: "export async function up(knex: Knex) { … }, and down likewise.",
      });
    },
  };
}

/** The names of the migrations that this release has, in the order they run. */
export function knownMigrations(folders: readonly string[] = migrationFolders): string[] {
  return migrationFiles(folders).map(({ name }) => name);
}

/** The names of laju's own. An app that was made before they moved out of app/migrations may hold copies. */
export function lajuMigrations(): string[] {
  return knownMigrations([migrationFolders[0]]);
}

/** What has run, in that order: read and nothing else. */
export async function migrationsDone(
  knex: Knex,
  table = "knex_migrations",
): Promise<{ name: string; batch: number }[]> {
  if (!(await knex.schema.hasTable(table))) return [];
  const rows: { name: string; batch: number }[] = await knex(table).select("name", "batch").orderBy("id");
  return rows.map(({ name, batch }) => ({ name: plainName(name), batch }));
}

/** False for a migration with `export const config = { transaction: false }`. */
export async function runsInTransaction(name: string): Promise<boolean> {
  const source = migrationSource();
  const file = (await source.getMigrations([])).find((migration) => migration.name === name);
  const { config } = file === undefined ? {} : ((await source.getMigration(file)) as MigrationModule);
  return config?.transaction !== false;
}

/** A history written by knex's own migrator, as Laju's is, has the extensions in its names: they go. */
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

/** By name, which begins with a date. One name in two folders is one migration: the first folder's. */
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

/** Knex demands `down` even to go up. A migration without one can't be undone, and says so when asked to. */
function withDown(name: string, migration: MigrationModule): MigrationModule {
  const down = () => {
    throw new LajuError(`the migration ${name} cannot be rolled back: it exports no function "down"`, {
      code: "E_MIGRATION",
    });
  };
  return { up: migration.up, down: migration.down ?? down, config: migration.config };
}
