import { join, resolve } from "node:path";
import { paths, settings } from "../../config/config";
import { LajuError } from "../../config/errors";

/** The location of a database: an SQLite file or a server's URL. */
export type DatabaseLocation =
  | { engine: "sqlite"; file: string; mustExist: boolean }
  | { engine: "pg" | "mysql2"; url: string; address: string };

/** The app's database: DATABASE_URL, or else the SQLite file of DB_CONNECTION. */
export function databaseLocation(): DatabaseLocation {
  const { databaseUrl, dbConnection } = settings();
  return databaseUrl === undefined ? stageLocation(dbConnection) : urlLocation(databaseUrl);
}

/** The SQLite file that DB and SQLite share. If DATABASE_URL names a server, SQLite still uses DB_CONNECTION's file. */
export function sqliteFile(): string {
  const place = databaseLocation();
  return place.engine === "sqlite" ? place.file : stageFile(settings().dbConnection);
}

/**
 * The database of a stage. If the stage is unknown, its file must exist, so that a typo doesn't create an empty
 * database.
 */
export function stageLocation(stage: string): DatabaseLocation {
  if (!/^[\w-]+$/.test(stage)) {
    throw new LajuError(`${JSON.stringify(stage)} is not the name of a database stage`, {
      code: "E_DB_STAGE",
      hint: 'Use a plain word, such as "development", "production" or "test".',
    });
  }
  const known = ["development", "production", "test", settings().dbConnection];
  return { engine: "sqlite", file: stageFile(stage), mustExist: !known.includes(stage) };
}

function stageFile(stage: string): string {
  return join(paths.data, `${stage === "development" ? "dev" : stage}.sqlite3`);
}

function urlLocation(url: string): DatabaseLocation {
  if (url.startsWith("file:")) return { engine: "sqlite", file: fileOf(url), mustExist: false };
  const { protocol, hostname, port } = new URL(url);
  const isPostgres = protocol.startsWith("postgres");
  const address = `${hostname || "localhost"}:${port || (isPostgres ? 5432 : 3306)}`;
  return { engine: isPostgres ? "pg" : "mysql2", url, address };
}

/** Accepts `file:data/x.sqlite3`, `file:./x`, `file:/x` and `file:///x`; relative paths start at the app's root. */
function fileOf(url: string): string {
  const path = decodeURIComponent(url.replace(/^file:(\/\/)?/, "").replace(/\?.*$/, ""));
  return path === ":memory:" ? path : resolve(paths.root, path);
}
