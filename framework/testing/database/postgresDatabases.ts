import type { Client } from "pg";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { migrate } from "./migrate";
import { baseOf, databaseOf, leftovers, ownName, sharedName, withDatabase } from "./serverNames";
import type { TestDatabase } from "./testDatabase";

/** How long to wait for a connection, in milliseconds. */
const connectTimeout = 5_000;

type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/**
 * A separate database for each test, a copy of the migrated one. For apps whose migrations contain names of schemas.
 */
export function postgresDatabases(url: string): TestDatabase {
  const name = ownName(baseOf(url));
  return {
    url: withDatabase(url, name),
    fresh: () =>
      asking(url, async (ask) => {
        const template = await templateDatabase(url, ask);
        await drop(name, ask);
        await ask(`create database "${name}" template "${template}"`);
      }),
    remove: () => asking(url, (ask) => drop(name, ask)),
  };
}

/** The name of the migrated database. The first process of a test run creates it, and the others wait for it. */
async function templateDatabase(url: string, ask: Ask): Promise<string> {
  const name = sharedName(baseOf(url));
  const draft = `${name}_`;
  await ask(`select pg_advisory_lock(hashtext('${name}'))`);
  try {
    const names = (await ask("select datname from pg_database")).map(({ datname }) => String(datname));
    if (names.includes(name)) return name;
    for (const old of [...leftovers(baseOf(url), names), draft]) await drop(old, ask);
    await ask(`create database "${draft}"`);
    await migrate(withDatabase(url, draft));
    await ask(`alter database "${draft}" rename to "${name}"`);
    return name;
  } finally {
    await ask(`select pg_advisory_unlock(hashtext('${name}'))`);
  }
}

async function drop(name: string, ask: Ask): Promise<void> {
  await ask(`drop database if exists "${name}" with (force)`);
}

/** Connects to the database in the URL or, if there is none of that name, to the database `postgres`. */
async function asking<T>(url: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = await connected(url).catch((error) => {
    if (error.code !== "3D000") throw error;
    return connected(withDatabase(url, "postgres"));
  });
  try {
    return await work(async (sql) => (await client.query(sql)).rows);
  } catch (error) {
    throw error.code === "42501" ? mayNotCreate(url, error) : error;
  } finally {
    await client.end();
  }
}

async function connected(connectionString: string): Promise<Client> {
  const { Client } = require("pg") as typeof import("pg");
  const client = new Client({ connectionString, connectionTimeoutMillis: connectTimeout });
  client.on("notice", () => {});
  await client.connect();
  return client;
}

function mayNotCreate(url: string, cause: Error): LajuError {
  const user = decodeURIComponent(new URL(url).username) || "this user";
  return new LajuError(
    `tests need to create databases on the same server as ${databaseOf(url)}, but user ${user} is not allowed to: ${cause.message}`,
    {
      code: "E_TEST_DATABASE",
      hint: `As an administrator of the server: ALTER ROLE "${user}" CREATEDB.`,
      cause,
    },
  );
}
