import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { LajuError } from "./errors";

/** Where the app lives: LAJU_ROOT, else the nearest folder above this file whose package.json has a `laju` field. */
export const root = findRoot();
const envFileProblem = loadEnvFile(join(root, ".env"));

/** Every folder and file that laju itself reads or writes. LAJU_DATA and LAJU_LOGS move what outlives a release. */
export const paths = {
  root,
  env: join(root, ".env"),
  commands: join(root, "commands"),
  jobs: join(root, "app", "jobs"),
  build: join(root, "build"),
  manifest: join(root, "build", "commands.json"),
  data: resolve(root, process.env.LAJU_DATA || "data"),
  logs: resolve(root, process.env.LAJU_LOGS || "logs"),
  schedule: resolve(root, process.env.LAJU_SCHEDULE || "schedule.json"),
} as const;

/** What `.env` and the environment say, checked. Durations are milliseconds unless the name says otherwise. */
export interface Settings {
  /** NODE_ENV, else DB_CONNECTION, else "development". */
  environment: string;
  /** Which SQLite file DB opens when there is no DATABASE_URL (default "development", whatever NODE_ENV says). */
  dbConnection: string;
  databaseUrl: string | undefined;
  log: { level: (typeof logLevels)[number]; format: (typeof logFormats)[number] | undefined };
  mail: {
    url: string | undefined;
    host: string | undefined;
    port: number | undefined;
    user: string | undefined;
    password: string | undefined;
    secure: boolean | undefined;
    gmailUser: string | undefined;
    gmailPassword: string | undefined;
    fromName: string | undefined;
    fromAddress: string | undefined;
  };
  notices: NoticeSettings;
  /** How many days the ledger keeps runs. */
  runsKeepDays: number;
  logFiles: LogLimits;
  /** Whether crontab:install adds the entry that runs `laju monitor` every five minutes. */
  hasMonitor: boolean;
  redis: {
    /** Whether REDIS_URL or REDIS_HOST says where it is; else it is this machine's own, if there is one. */
    isSet: boolean;
    url: string | undefined;
    host: string;
    port: number;
    password: string | undefined;
    db: number;
  };
  cacheStore: (typeof cacheStores)[number];
  /** Where the queue is: in the app's database, or in Redis as BullMQ's. */
  queueEngine: (typeof queueEngines)[number];
  /** What the queue's keys in Redis begin with. */
  queuePrefix: string;
  /** How many days finished jobs are kept that have no removeDelay of their own. */
  queueKeepDays: number;
  /** How long no job of a type may have failed until its notice of recovery, in minutes. */
  queueQuietMinutes: number;
  backup: {
    encryptionKey: string | undefined;
    retentionDays: number;
    folder: string;
  };
  /** The HTTP API that commands/SyncExternalData.ts reads, and how long one request may take. */
  sync: { url: string | undefined; timeoutMs: number };
}

/** Who is told of failures, unless a command says otherwise. */
export interface NoticeSettings {
  mailTo: string[];
  webhookUrl: string | undefined;
  webhookFormat: (typeof webhookFormats)[number] | undefined;
}

/** A log file that is larger than `maxBytes` becomes X.log.1, and `maxFiles` such files are kept. */
export interface LogLimits {
  maxBytes: number;
  maxFiles: number;
}

const webhookFormats = ["slack", "discord", "teams", "plain"] as const;
const logLevels = ["error", "warn", "info", "http", "debug"] as const;
const logFormats = ["pretty", "json"] as const;
const cacheStores = ["database", "redis"] as const;
const queueEngines = ["database", "bullmq"] as const;

let checked: Settings | undefined;

/** The settings, read and checked once. Throws one LajuError that lists every bad value. */
export function settings(): Settings {
  checked ??= readSettings();
  return checked;
}

/** The environment's name, without judging the other settings: fit for places that must not fail. */
export function environmentName(): string {
  return process.env.NODE_ENV || process.env.DB_CONNECTION || "development";
}

/** Whether colours are welcome on a terminal (https://no-color.org). */
export function wantsColour(): boolean {
  return !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** The environment for a program that is started from here, with what it needs besides. */
export function environmentWith(more: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}

function readSettings(): Settings {
  const problems = envFileProblem ? [envFileProblem] : [];
  const read = settingReaders(process.env, problems);
  const result: Settings = {
    environment: environmentName(),
    dbConnection: read.name("DB_CONNECTION", "development"),
    databaseUrl: read.url("DATABASE_URL", ["postgres:", "postgresql:", "mysql:", "mariadb:", "file:"]),
    log: {
      level: read.oneOf("LOG_LEVEL", logLevels) ?? "info",
      format: read.oneOf("LOG_FORMAT", logFormats),
    },
    mail: {
      url: read.url("MAIL_URL", ["smtp:", "smtps:"]),
      host: read.text("SMTP_HOST"),
      port: read.integer("SMTP_PORT", 1, 65535),
      user: read.text("SMTP_USER"),
      password: read.text("SMTP_PASS"),
      secure: read.boolean("SMTP_SECURE"),
      gmailUser: read.text("USER_MAILER"),
      gmailPassword: read.text("PASS_MAILER"),
      fromName: read.text("MAIL_FROM_NAME"),
      fromAddress: read.text("MAIL_FROM_ADDRESS"),
    },
    notices: readNotices(read),
    runsKeepDays: read.integer("RUNS_KEEP_DAYS", 1, 36_500) ?? 90,
    logFiles: readLogLimits(read),
    hasMonitor: read.boolean("MONITOR") ?? false,
    redis: {
      isSet: (read.text("REDIS_URL") ?? read.text("REDIS_HOST")) !== undefined,
      url: read.url("REDIS_URL", ["redis:", "rediss:"]),
      host: read.text("REDIS_HOST") ?? "127.0.0.1",
      port: read.integer("REDIS_PORT", 1, 65535) ?? 6379,
      password: read.text("REDIS_PASSWORD"),
      db: read.integer("REDIS_DB", 0, 1_000_000) ?? 0,
    },
    cacheStore: read.oneOf("CACHE_STORE", cacheStores) ?? "database",
    queueEngine: read.oneOf("QUEUE_ENGINE", queueEngines) ?? "database",
    queuePrefix: read.name("QUEUE_PREFIX", "laju"),
    queueKeepDays: read.integer("QUEUE_KEEP_DAYS", 1, 36_500) ?? 30,
    queueQuietMinutes: read.integer("QUEUE_QUIET_MINUTES", 0, 10_080) ?? 10,
    backup: {
      encryptionKey: read.text("BACKUP_ENCRYPTION_KEY"),
      retentionDays: read.integer("BACKUP_RETENTION_DAYS", 1, 36_500) ?? 30,
      folder: resolve(root, read.text("BACKUP_DIR") ?? join(paths.data, "backups")),
    },
    sync: {
      url: read.url("SYNC_API_URL", ["http:", "https:"]),
      timeoutMs: (read.integer("SYNC_API_TIMEOUT", 1, 3600) ?? 5) * 1000,
    },
  };
  read.absolutePath("LAJU_DATA");
  read.absolutePath("LAJU_LOGS");
  if (problems.length > 0) throw badSettings(problems);
  return result;
}

/** Who is told of failures, without judging the other settings: one of those may be what failed. */
export function noticeSettings(): NoticeSettings {
  return readNotices(settingReaders(process.env, []));
}

/** When logs are rotated, without judging the other settings. */
export function logLimits(): LogLimits {
  return readLogLimits(settingReaders(process.env, []));
}

function readLogLimits(read: ReturnType<typeof settingReaders>): LogLimits {
  return {
    maxBytes: read.bytes("LOG_MAX_SIZE") ?? 10_000_000,
    maxFiles: read.integer("LOG_MAX_FILES", 1, 1000) ?? 5,
  };
}

function readNotices(read: ReturnType<typeof settingReaders>): NoticeSettings {
  return {
    mailTo: (read.text("NOTIFY_MAIL_TO") ?? "").split(/[\s,;]+/).filter(Boolean),
    webhookUrl: read.url("NOTIFY_WEBHOOK_URL", ["https:", "http:"]),
    webhookFormat: read.oneOf("NOTIFY_WEBHOOK_FORMAT", webhookFormats),
  };
}

/** One reader per kind of value; each notes what is wrong with a value instead of throwing. */
function settingReaders(env: NodeJS.ProcessEnv, problems: string[]) {
  const text = (name: string) => env[name]?.trim() || undefined;
  const found = (name: string) => `${name} is ${JSON.stringify(env[name])}`;
  return {
    text,
    name(name: string, fallback: string): string {
      const value = text(name) ?? fallback;
      if (!/^[\w-]+$/.test(value))
        problems.push(`${found(name)}, expected a plain word such as "${fallback}"`);
      return value;
    },
    integer(name: string, from: number, to: number): number | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (number >= from && number <= to) return number;
      problems.push(`${found(name)}, expected a whole number from ${from} to ${to}`);
      return undefined;
    },
    /** "10MB", "500k", "1000000": decimal, as disks and people count. */
    bytes(name: string): number | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      const [, count, unit] = /^(\d+(?:\.\d+)?) ?([kmg]?)b?$/i.exec(value) ?? [];
      const size = Math.round(Number(count) * 1000 ** " kmg".indexOf(unit?.toLowerCase() || " "));
      if (size >= 1000) return size;
      problems.push(`${found(name)}, expected a size such as "10MB"`);
      return undefined;
    },
    boolean(name: string): boolean | undefined {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (["true", "1", "yes", "on"].includes(value)) return true;
      if (!["false", "0", "no", "off"].includes(value))
        problems.push(`${found(name)}, expected "true" or "false"`);
      return false;
    },
    oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      const match = allowed.find((candidate) => candidate === value);
      if (match === undefined) problems.push(`${found(name)}, expected one of ${allowed.join(", ")}`);
      return match;
    },
    url(name: string, protocols: string[]): string | undefined {
      const value = text(name);
      if (value === undefined || protocols.some((protocol) => isUrl(value, protocol))) return value;
      const shapes = protocols.map((protocol) => `${protocol}${protocol === "file:" ? "" : "//"}…`);
      // Not the value itself: it usually holds a password.
      problems.push(`${name} is not a URL of the form ${shapes.join(" or ")}`);
      return undefined;
    },
    absolutePath(name: string): void {
      const value = text(name);
      if (value !== undefined && !isAbsolute(value))
        problems.push(`${found(name)}, expected an absolute path`);
    },
  };
}

function isUrl(value: string, protocol: string): boolean {
  if (!value.startsWith(protocol)) return false;
  return protocol === "file:" ? value.length > protocol.length : URL.canParse(value);
}

function badSettings(problems: string[]): LajuError {
  const count = problems.length === 1 ? "a setting is" : `${problems.length} settings are`;
  return new LajuError(`${count} wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
    code: "E_SETTINGS",
    hint: `Correct it in ${paths.env} or in the environment; .env.example shows what each means.`,
  });
}

function findRoot(): string {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  // A compiled file is below build/, whose own package.json need not be read at each start.
  const start = typeof LAJU_BUILT === "undefined" ? import.meta.dirname : join(import.meta.dirname, "../..");
  for (let folder = start; ; folder = dirname(folder)) {
    if (isAppRoot(folder)) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new LajuError(`no package.json with a "laju" field above ${import.meta.dirname}`, {
    code: "E_ROOT",
    hint: 'Keep build/ inside the app, whose package.json holds "laju": {}, or set LAJU_ROOT.',
  });
}

function isAppRoot(folder: string): boolean {
  const file = join(folder, "package.json");
  return existsSync(file) && "laju" in JSON.parse(readFileSync(file, "utf8"));
}

/** Variables that are already set win, as everywhere; a missing file is fine, an unreadable one is told. */
function loadEnvFile(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    process.loadEnvFile(file);
    return undefined;
  } catch (error) {
    return `${file} cannot be read: ${error.message}`;
  }
}

/** What the environment says about the terminal: colour (undefined: decide by the stream) and UTF-8. */
export function terminalSettings(): { color: boolean | undefined; unicode: boolean } {
  const { NO_COLOR, FORCE_COLOR, TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const color = NO_COLOR || TERM === "dumb" ? false : FORCE_COLOR ? FORCE_COLOR !== "0" : undefined;
  return { color, unicode: /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "") };
}

/** Who started this process. */
export interface Starter {
  /** The crontab entry's id, if cron did and has to say which. */
  entryId: string | undefined;
  /** The scheduled moment that it was started for, where `schedule:work` or the monitor did. */
  slot: number | undefined;
  isUnderPm2: boolean;
  /** The script that pm2's container runs. Children of a process under pm2 inherit it. */
  pm2Script: string | undefined;
  /** 1, or the number of the attempt where a failed run is tried again. */
  attempt: number;
  /** The key of the run whose first attempt failed. */
  retryOf: string | undefined;
  /** Whether `laju run` did, and so a person or a program that means it. */
  isByHand: boolean;
  /** The key that its run is to have, where whoever started it looks for it afterwards. */
  key: string | undefined;
}

export function starterSettings(): Starter {
  const { LAJU_ENTRY, LAJU_SLOT, LAJU_ATTEMPT = "", LAJU_BY_HAND, pm_id, pm_exec_path } = process.env;
  const [attempt, retryOf] = LAJU_ATTEMPT.split(" ");
  return {
    entryId: LAJU_ENTRY || undefined,
    slot: Number(LAJU_SLOT) || undefined,
    isUnderPm2: pm_id !== undefined && isPm2Script(process.argv[1], pm_exec_path),
    pm2Script: pm_exec_path,
    attempt: Number(attempt) || 1,
    retryOf: retryOf || undefined,
    isByHand: LAJU_BY_HAND !== undefined && LAJU_BY_HAND !== "",
    key: /^[a-z0-9]{8,40}$/.test(LAJU_BY_HAND ?? "") ? LAJU_BY_HAND : undefined,
  };
}

/** What a process under pm2 starts inherits pm2's variables, but is another script than the one they name. */
function isPm2Script(started: string | undefined, script: string | undefined): boolean {
  if (started === undefined || script === undefined) return true;
  if (basename(started).startsWith("ProcessContainer")) return true;
  const isThere = existsSync(started) && existsSync(script);
  return started === script || (isThere && realpathSync(started) === realpathSync(script));
}

/** The variable that marks what a run has started. */
export const markName = "LAJU_RUN";

/**
 * Marks this process's environment, and so that of all it starts; returns the mark as it stands there. Who started
 * this process, and for what, goes no further: a command that it starts has an entry and attempts of its own.
 */
export function markEnvironment(run: string): string {
  for (const name of ["LAJU_ENTRY", "LAJU_SLOT", "LAJU_ATTEMPT", "LAJU_BY_HAND"]) delete process.env[name];
  process.env[markName] = run;
  return `${markName}=${run}`;
}

/** The log files of a process in pm2's cluster mode; undefined in every other process, its children included. */
export function pm2ClusterLogs(): { out: string; error: string } | undefined {
  const { exec_mode, pm_out_log_path: out, pm_err_log_path: error } = process.env;
  if (exec_mode !== "cluster_mode" || !out || !error) return undefined;
  const cluster = process.getBuiltinModule("node:cluster") as { isWorker?: boolean };
  return cluster.isWorker ? { out, error } : undefined;
}

/** The environment for a command that starts by itself: that pm2 or cron started this process is not its affair. */
export function environmentForStart(): NodeJS.ProcessEnv {
  const {
    LAJU_ENTRY: _entry,
    LAJU_SLOT: _slot,
    LAJU_ATTEMPT: _attempt,
    LAJU_BY_HAND: _byHand,
    LAJU_RUN: _run,
    pm_id: _id,
    pm_exec_path: _path,
    exec_mode: _mode,
    ...environment
  } = process.env;
  return environment;
}
