import { LajuError } from "../errors";
import DB from "../services/DB";
import { adoptHistory } from "../services/migrations";

/** Runs the migrations that have not run; returns their names. */
export function latestMigrations(): Promise<string[]> {
  return migrating(async () => (await DB.migrate.latest())[1].map(nameOf));
}

/** Undoes the last batch, or every migration; returns their names. */
export function rollBackMigrations(all: boolean): Promise<string[]> {
  return migrating(async () => (await DB.migrate.rollback(undefined, all))[1].map(nameOf));
}

/** Every migration in the order they run, and whether it has. */
export function migrationStatus(): Promise<{ name: string; isDone: boolean }[]> {
  return migrating(async () => {
    const [done, waiting] = await DB.migrate.list();
    return [
      ...done.map((one: unknown) => ({ name: nameOf(one), isDone: true })),
      ...waiting.map((one: unknown) => ({ name: nameOf(one), isDone: false })),
    ];
  });
}

/** Knex names a migration by text, by the file it has, or by a row of its table. */
function nameOf(migration: unknown): string {
  return typeof migration === "string" ? migration : (migration as { name: string }).name;
}

async function migrating<T>(work: () => Promise<T>): Promise<T> {
  try {
    await adoptHistory(DB);
    return await work();
  } catch (error) {
    if (error instanceof LajuError) throw error;
    throw new LajuError(`the migration failed and was rolled back: ${error.message}`, {
      code: "E_MIGRATION",
      hint: "The database is as it was before. --verbose shows where it failed.",
      cause: error,
    });
  } finally {
    await DB.destroy();
  }
}
