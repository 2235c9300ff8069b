import { LajuError } from "../../config/errors";
import DB from "../DB";
import { databasePlace } from "./databasePlace";
import {
  adoptHistory,
  knownMigrations,
  lajuMigrations,
  migrationsDone,
  runsInTransaction,
} from "./migrations";

/** A migration, and whether it has run here. */
export interface MigrationRow {
  name: string;
  isDone: boolean;
  /** Whether this release has it. One that it lacks was run by another release. */
  isKnown: boolean;
}

/**
 * Runs the migrations that have not run; returns their names. Those of a later release that ran before a rollback are no
 * obstacle.
 */
export function latestMigrations(): Promise<string[]> {
  const config = { disableMigrationsListValidation: true };
  return migrating(async (migrator) => (await migrator.latest(config))[1].map(nameOf));
}

/** Which migrations to undo: those named, else the app's last batch, or all that are the app's. */
export interface Rollback {
  names: readonly string[];
  all: boolean;
}

/** Undoes migrations, the last first, and returns their names. laju's own tables go only when they are named. */
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
    throw new LajuError(`the migration ${missing} has not run here`, {
      code: "E_MIGRATION",
      exitStatus: 2,
      hint: "`node laju migrate:status` lists those that have. Nothing was changed.",
    });
  }
  if (names.length > 0) return done.filter(({ name }) => names.includes(name)).reverse();
  const lajus = lajuMigrations();
  const own = done.filter(({ name }) => !lajus.includes(name));
  const last = Math.max(...own.map(({ batch }) => batch));
  return own.filter(({ batch }) => all || batch === last).reverse();
}

/** Every migration, first those that have run, in that order. Changes nothing. */
export async function migrationStatus(): Promise<MigrationRow[]> {
  try {
    const known = knownMigrations();
    const done = (await migrationsDone(DB)).map(({ name }) => name);
    const waiting = known.filter((name) => !done.includes(name));
    return [
      ...done.map((name) => ({ name, isDone: true, isKnown: known.includes(name) })),
      ...waiting.map((name) => ({ name, isDone: false, isKnown: true })),
    ];
  } catch (error) {
    if (error instanceof LajuError) throw error;
    throw new LajuError(`the database cannot be asked for its migrations: ${error.message}`, {
      code: "E_MIGRATION",
      hint: "`node laju doctor` says whether the database answers. Nothing was changed.",
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
  throw new LajuError(`the migration ${missing.name} cannot be undone here: this release does not have it`, {
    code: "E_MIGRATION",
    hint: "Run `node laju migrate:rollback` in the release that has it. Nothing was changed.",
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
