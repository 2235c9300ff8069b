import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { environmentWith } from "../../config/config";
import { LajuError } from "../../config/errors";

/** A running pg_dump or pg_restore. */
export interface Tool<Stream> {
  stream: Stream;
  /** Rejects unless the program ended well; what it wrote before is worth nothing then. */
  ended: Promise<void>;
}

/** The whole database in PostgreSQL's custom format; gzip is ours. */
export async function dumpPostgres(url: string, signal?: AbortSignal): Promise<Tool<Readable>> {
  const child = await start("pg_dump", ["--format=custom", "--compress=0"], { url, signal });
  return { stream: child.stdout as Readable, ended: ending("pg_dump", child) };
}

/** Replaces what the archive holds in one transaction: after an error everything is as it was. */
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
  return spawn(program, [...options, "--no-password", `--dbname=${target}`], {
    stdio: ["pipe", "pipe", "pipe"],
    env: environmentWith(password === "" ? {} : { PGPASSWORD: password }),
    signal,
  });
}

/**
 * Arguments are shown by ps to everyone on the machine; the environment isn't. A password in the query string counts
 * before the one that stands before the host, as it does for the driver.
 */
function withoutPassword(url: string): { target: string; password: string } {
  const target = new URL(url);
  const inQuery = target.searchParams.get("password");
  const password = inQuery || decodeURIComponent(target.password);
  target.password = "";
  // Not by searchParams, which writes a blank as "+": libpq takes that for a plus sign.
  const pairs = target.search.slice(1).split("&");
  target.search = pairs.filter((pair) => !isPassword(pair)).join("&");
  return { target: target.href, password };
}

/** `password`, `sslpassword`, also with letters written as %70. An encrypted key's phrase has no variable: it is left out. */
function isPassword(pair: string): boolean {
  const [name] = new URLSearchParams(pair).keys();
  return name !== undefined && /password|secret/i.test(name);
}

function ending(program: string, child: ChildProcess): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(cannotRun(program, error)));
    child.once("close", (status, signal) => {
      if (status === 0) return resolve();
      const how = signal === null ? `status ${status}` : `signal ${signal}`;
      reject(new Error(`${program} ended with ${how}: ${said.trim() || "no message"}`));
    });
  });
  // Whoever awaits it later still gets the error; meanwhile it isn't "unhandled".
  ended.catch(() => {});
  return ended;
}

function cannotRun(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOENT") return error;
  return new LajuError(`${program} is not installed, and PostgreSQL's backup needs it`, {
    code: "E_BACKUP_TOOL",
    hint: "Install PostgreSQL's client programs, such as Debian's postgresql-client, in the server's version.",
    cause: error,
  });
}
