import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize } from "node:v8";
import type { Client } from "pg";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { makeFolder } from "../../files/makeFolder";
import { extensionSchema } from "./extensions";
import { migrate } from "./migrate";
import type { Statement } from "./recordStatements";
import { databaseOf, leftovers, ownName, withDatabase } from "./serverNames";
import { templateName } from "./templateName";
import type { TestDatabase } from "./testDatabase";

/** How long to wait for a connection, in milliseconds. */
const connectTimeout = 5_000;
/** The first part of the names of test schemas: test_laju_… */
const base = "test";

/** A separate schema for this process's tests, in the database that the URL names. */
export function postgresSchemas(url: string): TestDatabase {
  const name = ownName(base);
  const own = withSchema(url, name);
  let open: Ask | undefined;
  const asking = async <T>(use: (ask: Ask) => Promise<T>): Promise<T> => {
    try {
      open ??= await connected(url);
      return await use(open);
    } catch (error) {
      throw error.code === "42501" ? mayNotCreate(url, error) : error;
    }
  };
  return {
    url: own,
    fresh: () => asking((ask) => fill(name, own, ask)),
    remove: () =>
      asking(async (ask) => {
        await drop(name, ask);
        await ask.end();
        open = undefined;
      }),
  };
}

/**
 * Creates the migrated tables in a schema. If another process of this test run has recorded the migrations' statements,
 * executes these, which takes a tenth of the time.
 */
async function fill(name: string, url: string, ask: Ask): Promise<void> {
  const record = join(dirname(paths.data), `${templateName()}.statements`);
  if (await isRepeated(record, name, ask)) return;
  await ask("select pg_advisory_lock(hashtext('laju tests'))");
  try {
    // Another process may have recorded the statements in the meantime.
    if (await isRepeated(record, name, ask)) return;
    for (const old of leftovers(base, await schemas(ask))) await drop(old, ask);
    await makeEmpty(name, ask);
    makeFolder(paths.data);
    const draft = join(paths.data, "statements");
    await migrate(url, draft);
    if (existsSync(draft)) renameSync(draft, record);
  } finally {
    await ask("select pg_advisory_unlock(hashtext('laju tests'))");
  }
}

async function isRepeated(record: string, name: string, ask: Ask): Promise<boolean> {
  if (!existsSync(record)) return false;
  const statements: Statement[] = deserialize(readFileSync(record));
  await makeEmpty(name, ask);
  await ask(`begin; set local search_path = ${path(name)}`);
  try {
    for (const { text, values } of inFewTrips(statements)) await ask(text, values);
    await ask("commit");
    return true;
  } catch {
    // One of the recorded statements can't run in a transaction, or only once per database. Run the migrations instead.
    await ask("rollback");
    rmSync(record, { force: true });
    return false;
  }
}

/** Combines successive statements without values into one query, to save round trips to the server. */
function inFewTrips(statements: readonly Statement[]): Statement[] {
  const trips: Statement[] = [];
  for (const { text, values } of statements) {
    const last = trips.at(-1);
    if (values === undefined && last !== undefined && last.values === undefined) last.text += `\n;\n${text}`;
    else trips.push({ text, ...(values && { values }) });
  }
  return trips;
}

async function makeEmpty(name: string, ask: Ask): Promise<void> {
  await drop(name, ask);
  await ask(`create schema "${name}"`);
}

async function schemas(ask: Ask): Promise<string[]> {
  return (await ask("select nspname from pg_namespace")).map(({ nspname }) => String(nspname));
}

/**
 * Drops a schema. First kills the sessions that a test left open: their transactions would block the drop, and their
 * statements would continue.
 */
async function drop(name: string, ask: Ask): Promise<void> {
  const sessions = "from pg_stat_activity where application_name = $1 and datname = current_database()";
  await ask(`select pg_terminate_backend(pid) ${sessions}`, [name]);
  await ask(`drop schema if exists "${name}" cascade`);
}

/** The URL with options that make every connection use the schema, in child processes too. */
function withSchema(url: string, name: string): string {
  const changed = new URL(url);
  const { searchParams } = changed;
  const options = [searchParams.get("options"), `-c search_path=${path(name).replaceAll(" ", "")}`];
  searchParams.set("options", options.filter(Boolean).join(" "));
  searchParams.set("application_name", name);
  // Encode spaces as %20, because libpq doesn't read a plus sign as a space.
  changed.search = changed.search.replaceAll("+", "%20");
  return changed.href;
}

/** The search path. Extensions are in the shared schema, or in `public` if an administrator installed them there. */
function path(name: string): string {
  return `${name}, ${extensionSchema}, public`;
}

interface Ask {
  (sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

/** Connects to the database in the URL. If it doesn't exist, creates it if this user may. */
async function connected(url: string): Promise<Ask> {
  const client = await connect(url).catch(async (error) => {
    if (error.code !== "3D000") throw error;
    await makeDatabase(url, error);
    return connect(url);
  });
  // Don't wait for the disk on each commit: after a crash, nobody needs this data.
  await client.query("set synchronous_commit = off");
  const ask = async (sql: string, values?: readonly unknown[]) =>
    (await client.query(sql, values && [...values])).rows;
  return Object.assign(ask, { end: () => client.end() });
}

async function makeDatabase(url: string, cause: Error): Promise<void> {
  const client = await connect(withDatabase(url, "postgres"));
  try {
    await client.query(`create database "${databaseOf(url)}"`);
  } catch (error) {
    // Another process created the database at the same time.
    if (error.code === "42P04" || error.code === "23505") return;
    throw new LajuError(`the tests' database cannot be used: ${cause.message}`, {
      code: "E_TEST_DATABASE",
      hint: `Create it: createdb --owner ${userOf(url)} ${databaseOf(url)}`,
      cause,
    });
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string): Promise<Client> {
  const { Client } = require("pg") as typeof import("pg");
  const client = new Client({ connectionString, connectionTimeoutMillis: connectTimeout });
  client.on("notice", () => {});
  await client.connect();
  return client;
}

function userOf(url: string): string {
  return decodeURIComponent(new URL(url).username) || "this user";
}

function mayNotCreate(url: string, cause: Error): LajuError {
  return new LajuError(
    `tests need to create schemas in ${databaseOf(url)}, but user ${userOf(url)} is not allowed to: ${cause.message}`,
    {
      code: "E_TEST_DATABASE",
      hint: `As the database's owner: GRANT CREATE ON DATABASE "${databaseOf(url)}" TO "${userOf(url)}".`,
      cause,
    },
  );
}
