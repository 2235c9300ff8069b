import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { environmentWith } from "../../config";
import { LajuError } from "../../errors";

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
  // Arguments are shown by ps to everyone on the machine; the environment isn't.
  const target = new URL(url);
  const password = decodeURIComponent(target.password);
  target.password = "";
  return spawn(program, [...options, "--no-password", `--dbname=${target.href}`], {
    stdio: ["pipe", "pipe", "pipe"],
    env: environmentWith(password === "" ? {} : { PGPASSWORD: password }),
    signal,
  });
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
