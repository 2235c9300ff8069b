import { LajuError } from "../errors";
import DB from "../services/DB";
import { databasePlace } from "../services/databasePlace";
import { adoptHistory, runsInTransaction } from "../services/migrations";

/** Runs the migrations that have not run; returns their names. */
export function latestMigrations(): Promise<string[]> {
  return migrating(async (migrator) => (await migrator.latest())[1].map(nameOf));
}

/** Undoes the last batch, or every migration; returns their names. */
export function rollBackMigrations(all: boolean): Promise<string[]> {
  return migrating(async (migrator) => (await migrator.rollback(undefined, all))[1].map(nameOf));
}

/** Every migration in the order they run, and whether it has. */
export function migrationStatus(): Promise<{ name: string; isDone: boolean }[]> {
  return migrating(async (migrator) => {
    const [done, waiting] = await migrator.list();
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

/** Knex's own note of the migration it is at; where a version lacks it, only the name in the message is lost. */
type Migrator = typeof DB.migrate & { _activeMigration?: { fileName?: string | null } };

async function migrating<T>(work: (migrator: Migrator) => Promise<T>): Promise<T> {
  let migrator: Migrator | undefined;
  try {
    await adoptHistory(DB);
    migrator = DB.migrate;
    return await work(migrator);
  } catch (error) {
    if (error instanceof LajuError) throw error;
    throw await failed(migrator?._activeMigration?.fileName ?? undefined, error);
  } finally {
    await DB.destroy();
  }
}

async function failed(name: string | undefined, cause: Error): Promise<LajuError> {
  const what = name === undefined ? "the migration" : `the migration ${name}`;
  const kept = await whatStays(name);
  const outcome = kept === undefined ? "failed and was rolled back" : "failed";
  return new LajuError(`${what} ${outcome}: ${cause.message}`, {
    code: "E_MIGRATION",
    hint:
      kept === undefined
        ? "The database is as it was before. --verbose shows where it failed."
        : `${kept}: undo that by hand, then migrate again.`,
    cause,
  });
}

/** Why not all of a failed migration was undone; undefined where it was. */
async function whatStays(name: string | undefined): Promise<string | undefined> {
  if (databasePlace().engine === "mysql2") return "MySQL keeps changes of tables made before the failure";
  const isAlone = name !== undefined && !(await runsInTransaction(name));
  return isAlone ? "It runs without a transaction, so what it did before the failure stays" : undefined;
}
