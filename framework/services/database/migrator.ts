import { LajuError } from "../../config/errors";
import DB from "../DB";
import { databaseLocation } from "./databaseLocation";
import {
  adoptHistory,
  knownMigrations,
  lajuMigrations,
  migrationsDone,
  runsInTransaction,
} from "./migrations";

/** A migration and whether it has run on this database. */
export interface MigrationRow {
  name: string;
  isDone: boolean;
  /** Whether this release contains the migration. If not, another release ran it. */
  isKnown: boolean;
}

/**
 * Runs all pending migrations and returns their names. Ignores completed migrations that this release doesn't contain,
 * such as those of a newer release that was rolled back.
 */
export function latestMigrations(): Promise<string[]> {
  const config = { disableMigrationsListValidation: true };
  return migrating(async (migrator) => (await migrator.latest(config))[1].map(nameOf));
}

/** Which migrations to undo: the named ones, or else the app's last batch, or all of the app's. */
export interface Rollback {
  names: readonly string[];
  all: boolean;
}

/** Undoes migrations, latest first, and returns their names. laju's own are undone only if they are named. */
export function rollBackMigrations(rollback: Rollback): Promise<string[]> {
  return migrating(async (migrator) => {
    const undone = chosen(await migrationsDone(DB), rollback);
    refuseUnknown(undone);
    for (const { name } of undone) await migrator.down({ name, disableMigrationsListValidation: true });
    return undone.map(({ name }) => name);
  });
}

interface DoneMigration {
  name: string;
  batch: number;
}

function chosen(done: readonly DoneMigration[], { names, all }: Rollback): DoneMigration[] {
  const missing = names.find((name) => !done.some((one) => one.name === name));
  if (missing !== undefined) {
    throw new LajuError(`the migration ${missing} has not run on this database`, {
      code: "E_MIGRATION",
      exitStatus: 2,
      hint: "`node laju migrate:status` lists the migrations that have run. Nothing was changed.",
    });
  }
  if (names.length > 0) return done.filter(({ name }) => names.includes(name)).reverse();
  const ofLaju = lajuMigrations();
  const ofApp = done.filter(({ name }) => !ofLaju.includes(name));
  const last = Math.max(...ofApp.map(({ batch }) => batch));
  return ofApp.filter(({ batch }) => all || batch === last).reverse();
}

/** All migrations: those that have run, in the order they ran, then the pending ones. Read-only. */
export async function migrationStatus(): Promise<MigrationRow[]> {
  try {
    const known = knownMigrations();
    const done = (await migrationsDone(DB)).map(({ name }) => name);
    const pending = known.filter((name) => !done.includes(name));
    return [
      ...done.map((name) => ({ name, isDone: true, isKnown: known.includes(name) })),
      ...pending.map((name) => ({ name, isDone: false, isKnown: true })),
    ];
  } catch (error) {
    if (error instanceof LajuError) throw error;
    throw new LajuError(`the database's migrations cannot be read: ${error.message}`, {
      code: "E_MIGRATION",
      hint: "`node laju doctor` checks whether the database is reachable. Nothing was changed.",
      cause: error,
    });
  } finally {
    await DB.destroy();
  }
}

function refuseUnknown(rows: readonly { name: string }[]): void {
  const known = knownMigrations();
  const missing = rows.find(({ name }) => !known.includes(name));
  if (missing === undefined) return;
  throw new LajuError(
    `the migration ${missing.name} cannot be rolled back: this release does not contain it`,
    {
      code: "E_MIGRATION",
      hint: "Run `node laju migrate:rollback` in the release that contains it. Nothing was changed.",
    },
  );
}

/** Knex represents a migration as a name, as our source's object, or as a row of its table. */
function nameOf(migration: unknown): string {
  return typeof migration === "string" ? migration : (migration as { name: string }).name;
}

/**
 * Knex's migrator with a private field, the current migration. If a version of knex lacks the field, our message omits
 * the name.
 */
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
  const remaining = await remainingChanges(name);
  const outcome = remaining === undefined ? "failed and was rolled back" : "failed";
  return new LajuError(`${what} ${outcome}: ${cause.message}`, {
    code: "E_MIGRATION",
    hint:
      remaining === undefined
        ? "The database is unchanged. --verbose shows where it failed."
        : `${remaining}. Undo them by hand, then retry.`,
    cause,
  });
}

/** The changes that a failed migration has left in the database; undefined if it was rolled back entirely. */
async function remainingChanges(name: string | undefined): Promise<string | undefined> {
  if (databaseLocation().engine === "mysql2") return "MySQL keeps the table changes made before the failure";
  const isAlone = name !== undefined && !(await runsInTransaction(name));
  return isAlone ? "It runs without a transaction, so the changes made before the failure remain" : undefined;
}
