import { fstatSync } from "node:fs";
import type { Logger } from "winston";
import { settings, wantsColor } from "../config/config";
import { writeAll } from "../process/output";
import { errorMessage } from "../text/errorText";
import { isError } from "../text/isError";
import { lazy } from "./lazy";
import { noteLoggedError } from "./log/firstError";
import { jsonLine } from "./log/logLine";
import { errorFields, freeName } from "./log/logValue";
import { prettyLine } from "./log/prettyLine";
import { createWinstonLogger, logThrough } from "./log/winstonLogger";

type Level = "error" | "warn" | "info" | "http" | "debug";
type Meta = Record<string, unknown>;

/**
 * Logs a message. Pass values as fields instead of inserting them into the text: `logInfo("Digest sent", { count })`.
 */
export function logInfo(message: string, meta?: unknown): void {
  log("info", message, asMeta(meta));
}

export function logWarn(message: string, meta?: unknown): void {
  log("warn", message, asMeta(meta));
}

export function logDebug(message: string, meta?: unknown): void {
  log("debug", message, asMeta(meta));
}

export function logHttp(message: string, meta?: unknown): void {
  log("http", message, asMeta(meta));
}

/** Logs an error: an Error, a string, or an object whose fields are logged, such as `{ error: e.message, itemId }`. */
export function logError(message: string, error?: unknown, meta?: unknown): void {
  // Some scripts call `logError(error)`.
  log("error", message, errorMeta(error === undefined && isError(message) ? message : error, meta));
}

export function logRequest(request: LoggedRequest, meta?: unknown): void {
  const { method, url, ip, headers } = request;
  logHttp("HTTP Request", { method, url, ip, userAgent: headers?.["user-agent"], ...asMeta(meta) });
}

export function logResponse(
  request: LoggedRequest,
  response: { statusCode?: number },
  duration: number,
): void {
  const { method, url, ip } = request;
  logHttp("HTTP Response", { method, url, statusCode: response.statusCode, duration: `${duration}ms`, ip });
}

export function logQuery(query: string, duration?: number, meta?: unknown): void {
  const took = duration === undefined ? undefined : `${duration}ms`;
  logDebug("Database Query", { query, duration: took, ...asMeta(meta) });
}

interface LoggedRequest {
  method?: string;
  url?: string;
  ip?: string;
  headers?: Record<string, unknown>;
}

/** Adds this run's id to all JSON lines from now on. */
export function setRunId(id: string | undefined): void {
  runId = id;
}

/**
 * The winston logger. It is loaded on first use, because loading it takes a third of a cold start. From then on,
 * logInfo and the other functions go through it, so that added transports, formats and levels apply to every line.
 */
const logger: Logger = lazy(() => {
  winston = createWinstonLogger({ level: choices().level, line: lineOf, write: writeLine });
  return winston;
});
export default logger;

let runId: string | undefined;
let winston: Logger | undefined;

function log(level: Level, message: string, meta: Meta): void {
  if (winston !== undefined) logThrough(winston, level, message, meta);
  else if (rank[level] <= rank[choices().level]) writeLine(level, lineOf(level, message, meta));
}

const rank: Record<Level, number> = { error: 0, warn: 1, info: 2, http: 3, debug: 4 };

function lineOf(level: string, message: unknown, meta: Meta): string {
  if (level === "error") noteLoggedError(message, meta.error);
  const entry = { time: new Date(), level, message, run: runId, meta };
  const { format } = choices();
  const isPretty = format === undefined ? isTerminal(streamOf(level)) : format === "pretty";
  return isPretty ? prettyLine(entry, isTerminal(streamOf(level)) && wantsColor()) : jsonLine(entry);
}

/**
 * Writes a line. Only the first failed write is reported here. When the run ends, it reports how many lines were lost.
 */
function writeLine(level: string, line: string): void {
  const error = writeAll(streamOf(level), `${line}\n`);
  if (error === undefined || error.code === "EPIPE" || streamOf(level) !== 1) return;
  complain(`laju: standard output cannot be written (${error.code})`);
}

let hasComplained = false;

function complain(text: string): void {
  if (hasComplained) return;
  hasComplained = true;
  writeAll(2, `${text}\n`);
}

function streamOf(level: string): 1 | 2 {
  return level === "error" ? 2 : 1;
}

let chosen: { level: Level; format: "pretty" | "json" | undefined } | undefined;

/**
 * The log settings, or the defaults if a setting is invalid: logging must always work. The code that uses an invalid
 * setting reports it.
 */
function choices(): NonNullable<typeof chosen> {
  if (chosen !== undefined) return chosen;
  try {
    chosen = settings().log;
  } catch {
    chosen = { level: "info", format: undefined };
  }
  return chosen;
}

const terminals: (boolean | undefined)[] = [];

/** Loads node:tty (3 ms) only for character devices: under cron the output is a file. */
function isTerminal(fd: 1 | 2): boolean {
  terminals[fd] ??= isCharacterDevice(fd) && process.getBuiltinModule("node:tty").isatty(fd);
  return terminals[fd];
}

function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

function errorMeta(error: unknown, meta: unknown): Meta {
  const own = asMeta(meta);
  if (error === undefined || error === null) return own;
  if (typeof error === "object" && !isArray(error) && !isError(error)) {
    return { ...asMeta(error), ...own };
  }
  const fields = isError(error) ? errorFields(error) : { error };
  const result: Meta = { ...fields };
  for (const [key, value] of Object.entries(own)) result[freeName(key, fields, own)] = value;
  return result;
}

function asMeta(meta: unknown): Meta {
  if (meta === undefined || meta === null) return {};
  if (isError(meta)) return errorFields(meta);
  if (typeof meta !== "object" || isArray(meta)) return { meta };
  try {
    return { ...meta };
  } catch (error) {
    // Log the line even if a getter throws.
    return { meta: `[unreadable: ${errorMessage(error, 200)}]` };
  }
}

/** Like Array.isArray, but doesn't throw on a revoked proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
