import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { environmentWith } from "../../config/config";
import { LajuError } from "../../config/errors";

/** A running pg_dump or pg_restore. */
export interface Tool<Stream> {
  stream: Stream;
  /** Rejects if the program fails; its output must then be discarded. */
  ended: Promise<void>;
}

/** Dumps the whole database in PostgreSQL's custom format, uncompressed because backups are gzipped anyway. */
export async function dumpPostgres(url: string, signal?: AbortSignal): Promise<Tool<Readable>> {
  const child = await start("pg_dump", ["--format=custom", "--compress=0"], { url, signal });
  return { stream: child.stdout as Readable, ended: ending("pg_dump", child) };
}

/**
 * Restores an archive in a single transaction, so an error leaves the database unchanged. Replaces every object that
 * the archive contains.
 */
export async function restorePostgres(url: string, signal?: AbortSignal): Promise<Tool<Writable>> {
  const options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"];
  const child = await start("pg_restore", options, { url, signal });
  return { stream: child.stdin as Writable, ended: ending("pg_restore", child) };
}

async function start(
  program: string,
  options: string[],
  { url, signal }: { url: string; signal?: AbortSignal },
): Promise<ChildProcess> {
  const { spawn } = await import("node:child_process");
  const { target, password } = withoutPassword(url);
  const all = [...options, ...schemaOption(url), "--no-password", `--dbname=${target}`];
  return spawn(program, all, {
    stdio: ["pipe", "pipe", "pipe"],
    env: environmentWith(password === "" ? {} : { PGPASSWORD: password }),
    signal,
  });
}

/**
 * The option that limits a dump to the schema named in the URL. If the URL names one, as in tests, the app uses no
 * other schema.
 */
function schemaOption(url: string): string[] {
  const options = new URL(url).searchParams.get("options") ?? "";
  const schema = /search_path=\\?"?([\w-]+)/.exec(options)?.[1];
  return schema === undefined ? [] : [`--schema=${schema}`];
}

/**
 * Separates the password from the URL: ps shows arguments, but not the environment, to every user. As in the driver, a
 * password in the query string takes precedence over the one before the host.
 */
function withoutPassword(url: string): { target: string; password: string } {
  const target = new URL(url);
  const inQuery = target.searchParams.get("password");
  const password = inQuery || decodeURIComponent(target.password);
  target.password = "";
  // searchParams would encode a space as "+", which libpq reads as a plus sign.
  const pairs = target.search.slice(1).split("&");
  target.search = pairs.filter((pair) => !isPassword(pair)).join("&");
  return { target: target.href, password };
}

/**
 * Matches `password` and `sslpassword`, also percent-encoded. sslpassword is dropped, because no environment variable
 * exists for it.
 */
function isPassword(pair: string): boolean {
  const [name] = new URLSearchParams(pair).keys();
  return name !== undefined && /password|secret/i.test(name);
}

function ending(program: string, child: ChildProcess): Promise<void> {
  let output = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-2000);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(cannotRun(program, error)));
    child.once("close", (status, signal) => {
      if (status === 0) return resolve();
      const outcome = signal === null ? `exited with status ${status}` : `was killed by ${signal}`;
      reject(new Error(`${program} ${outcome}: ${output.trim() || "no error message"}`));
    });
  });
  // Prevents an "unhandled rejection" until the promise is awaited.
  ended.catch(() => {});
  return ended;
}

function cannotRun(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOENT") return error;
  return new LajuError(`${program} is not installed, but PostgreSQL backups need it`, {
    code: "E_BACKUP_TOOL",
    hint: "Install PostgreSQL's client programs (postgresql-client on Debian) in the server's version.",
    cause: error,
  });
}
