import type { Connection, RowDataPacket } from "mysql2/promise";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { migrate } from "./migrate";
import { copyDatabase, readyTable } from "./mysqlCopy";
import { baseOf, databaseOf, leftovers, ownName, sharedName, withDatabase } from "./serverNames";
import type { TestDatabase } from "./testDatabase";

/** How long to wait for a connection (in milliseconds), and for another process that is migrating (in seconds). */
const connectTimeout = 5_000;
const longestMigration = 600;

type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** A separate database for each test, into which the tables of the migrated one are copied. */
export function mysqlTests(url: string): TestDatabase {
  const name = ownName(baseOf(url));
  return {
    url: withDatabase(url, name),
    fresh: () =>
      asking(url, async (ask) => {
        const template = await templateDatabase(url, ask);
        await drop(name, ask);
        await ask(`create database \`${name}\``);
        await copyDatabase(template, name, ask);
      }),
    remove: () => asking(url, (ask) => drop(name, ask)),
  };
}

/**
 * Drops a database. First kills the sessions in which a test left a transaction open, because they would block the
 * drop.
 */
async function drop(name: string, ask: Ask): Promise<void> {
  const sessions = await ask(`select id from information_schema.processlist where db = '${name}'`);
  for (const { id } of sessions) await ask(`kill ${id}`).catch(() => {}); // The session may have ended already.
  await ask(`drop database if exists \`${name}\``);
}

/** The name of the migrated database. The first process of a test run creates it, and the others wait for it. */
async function templateDatabase(url: string, ask: Ask): Promise<string> {
  const name = sharedName(baseOf(url));
  await ask(`select get_lock('${name}', ${longestMigration})`);
  try {
    const rows = await ask("select schema_name as name from information_schema.schemata");
    const names = rows.map((row) => String(row.name));
    if (names.includes(name) && (await ask(`show tables from \`${name}\` like '${readyTable}'`)).length > 0)
      return name;
    for (const old of [...leftovers(baseOf(url), names), name]) await drop(old, ask);
    await ask(`create database \`${name}\``);
    await migrate(withDatabase(url, name));
    await ask(`create table \`${name}\`.\`${readyTable}\` (id int)`);
    return name;
  } finally {
    await ask(`select release_lock('${name}')`);
  }
}

async function asking<T>(url: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const connection = await connected(url);
  try {
    return await work(async (sql) => (await connection.query<RowDataPacket[]>(sql))[0]);
  } catch (error) {
    const mayNot = ["ER_DBACCESS_DENIED_ERROR", "ER_ACCESS_DENIED_ERROR"].includes(error.code);
    throw mayNot ? mayNotCreate(url, error) : error;
  } finally {
    await connection.end();
  }
}

/** Connects without choosing a database, because the one in the URL may not exist. */
function connected(url: string): Promise<Connection> {
  const { createConnection } = require("mysql2/promise") as typeof import("mysql2/promise");
  return createConnection({ uri: withDatabase(url, "").replace("mariadb:", "mysql:"), connectTimeout });
}

function mayNotCreate(url: string, cause: Error): LajuError {
  const { username } = new URL(url);
  return new LajuError(
    `tests need to create databases on the same server as ${databaseOf(url)}, but user ${username} is not allowed to: ${cause.message}`,
    {
      code: "E_TEST_DATABASE",
      hint: `As an administrator of the server: GRANT ALL ON \`${databaseOf(url)}\\_laju\\_%\`.* TO that user.`,
      cause,
    },
  );
}
