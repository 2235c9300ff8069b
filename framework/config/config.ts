import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { LajuError } from "./errors";
import { findRoot, searchedFrom } from "./findRoot";
import { loadEnvFile } from "./loadEnvFile";
import { type SettingReaders, settingReaders } from "./readers";
import { readText } from "./readText";
import { exitWith, rootProblem } from "./rootProblem";
import { sourceEntry } from "./sourceEntry";
import { redirectSqliteOnNode20 } from "./sqliteOnNode20";

const found = orExit(findRoot);
/** Whether this process belongs to an app. laju's command line also works outside an app, to create one. */
export const hasApp = found !== undefined;
/** The root of the app (see findRoot). */
export const root = found ?? orExit(withoutApp);
/** The value of TZ when this process started, before .env was read. */
export const ownTimezone = process.env.TZ;
const envFile = loadEnvFile(root);

const data = resolve(root, process.env.LAJU_DATA || "data");

/**
 * The folders and files that laju reads or writes. LAJU_DATA and LAJU_LOGS can move data and logs out of the root, so
 * that they outlive a release.
 */
export const paths = {
  root,
  env: join(root, ".env"),
  commands: join(root, "commands"),
  jobs: join(root, "app", "jobs"),
  /** The folder of views, migrations and jobs. In a build, it is build/app, relative to this file. */
  app: typeof LAJU_BUILT === "undefined" ? join(root, "app") : join(import.meta.dirname, "../../app"),
  build: join(root, "build"),
  manifest: join(root, "build", "commands.json"),
  data,
  /** The ledger of runs. It is a separate SQLite database, so that recording runs doesn't depend on DATABASE_URL. */
  ledger: join(data, "runs.sqlite3"),
  pauses: join(data, "paused.json"),
  logs: resolve(root, process.env.LAJU_LOGS || "logs"),
  schedule: resolve(root, process.env.LAJU_SCHEDULE || "schedule.json"),
} as const;

if (typeof LAJU_BUILT !== "undefined") redirectSqliteOnNode20();
// Start the command if this process runs one from its source. Compiled commands contain code that starts them.
if (typeof LAJU_BUILT === "undefined") {
  const file = sourceEntry(paths.commands);
  if (file !== undefined) {
    redirectSqliteOnNode20();
    // Report problems in .env now, because the command may never read a setting. (A compiled command fails its run
    // because of them.)
    checkEnvFile();
    // If the command exports `run`, the first laju module that it imports has to start it, and that is always this one.
    // The import goes through package.json, because config/ must not import start/ directly.
    void import("#startExported").then((source) => source.startExported(file));
  }
}

/** Whether this process is a test. Under Node's test runner, loadEnvFile() has already set NODE_ENV to test. */
export const isTesting = process.env.NODE_ENV === "test";

/** The validated settings from `.env` and the environment. Durations are in milliseconds unless the name says otherwise. */
export interface Settings {
  /** NODE_ENV, or else DB_CONNECTION, or else "development". */
  environment: string;
  /**
   * The name of the SQLite file that DB opens if DATABASE_URL is not set (default "development", regardless of
   * NODE_ENV).
   */
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
    /** Whether the mailer may send a password to another machine without TLS. */
    insecureLogin: boolean;
    gmailUser: string | undefined;
    gmailPassword: string | undefined;
    fromName: string | undefined;
    fromAddress: string | undefined;
  };
  /** The time limit of commands that don't set a `timeout`. */
  commandTimeout: TimeLimit | undefined;
  /** After how many consecutive skipped starts a run counts as hanging. */
  hangAfterSkips: number;
  notices: NoticeSettings;
  /** How many days the ledger keeps runs. */
  runsKeepDays: number;
  logFiles: LogLimits;
  /** Whether crontab:install adds the entry that runs `laju monitor` every five minutes. */
  hasMonitor: boolean;
  /** The URL that `laju monitor` pings each time it runs, so that a service notices when it stops running. */
  monitorPing: string | undefined;
  redis: {
    /** Whether Redis is unavailable, because this is a test for which no Redis is configured. */
    isRefused: boolean;
    /** Whether a Redis is configured. If not, laju tries the one on this machine. */
    isSet: boolean;
    url: string | undefined;
    host: string;
    port: number;
    password: string | undefined;
    db: number;
  };
  cacheStore: (typeof cacheStores)[number];
  /** Whether the queue is stored in the app's database, or in Redis with BullMQ. */
  queueEngine: (typeof queueEngines)[number];
  /** The prefix of the queue's keys in Redis. */
  queuePrefix: string;
  /** For how many days finished jobs are kept that don't set `removeDelay`. */
  queueKeepDays: number;
  /** For how many minutes jobs of a failed type must not fail until the type counts as recovered. */
  queueQuietMinutes: number;
  backup: {
    encryptionKey: string | undefined;
    retentionDays: number;
    folder: string;
  };
  dashboard: DashboardSettings;
}

/** Who may access the dashboard, and at which host names. */
export interface DashboardSettings {
  password: string | undefined;
  /** Host names under which the dashboard may be accessed, besides this machine's own. */
  hosts: string[];
  /** The header in which a proxy passes the authenticated user, and the addresses of such proxies. */
  proxyHeader: string | undefined;
  proxyAddresses: string[];
  /** The token that grants programs access to /metrics and the JSON API. */
  metricsToken: string | undefined;
}

/** A time limit, as written and in milliseconds. */
export interface TimeLimit {
  text: string;
  ms: number;
}

/** Who is notified of failures, unless a command names its own recipients. */
export interface NoticeSettings {
  mailTo: string[];
  webhookUrl: string | undefined;
  webhookFormat: (typeof webhookFormats)[number] | undefined;
}

/** A log file larger than `maxBytes` is renamed to X.log.1, and `maxFiles` rotated files are kept. */
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

/** The settings, read and validated once. Throws a single LajuError that lists all invalid values. */
export function settings(): Settings {
  checked ??= readSettings();
  return checked;
}

/** Makes the next call of settings() read the environment again, for tests that change it. */
export function forgetSettings(): void {
  checked = undefined;
}

/** Throws a LajuError if `.env` can't be read or contains lines that are not settings. Doesn't validate the values. */
export function checkEnvFile(): void {
  const problems = [...envFile.unreadable, ...envFile.wrongLines];
  if (problems.length > 0) throw badSettings(problems);
}

/** The environment's name. Never throws, unlike settings(). */
export function environmentName(): string {
  return process.env.NODE_ENV || process.env.DB_CONNECTION || "development";
}

/** The group, by name or number, whose members may access laju's files; undefined if only laju's user may. */
export function sharedGroup(): string | undefined {
  return process.env.LAJU_GROUP?.trim() || undefined;
}

/** Whether a terminal should get colors (https://no-color.org). */
export function wantsColor(): boolean {
  return !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** This process's environment with additional variables, for a child process. */
export function environmentWith(more: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}

function readSettings(): Settings {
  const problems = [...envFile.unreadable, ...envFile.wrongLines, ...envFile.notForTests];
  const read = settingReaders(process.env, problems);
  const from = read.mailbox("MAIL_FROM_ADDRESS");
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
      insecureLogin: read.boolean("MAIL_INSECURE_LOGIN") ?? false,
      gmailUser: read.text("USER_MAILER"),
      gmailPassword: read.text("PASS_MAILER"),
      fromName: read.text("MAIL_FROM_NAME") ?? (from?.name || undefined),
      fromAddress: from?.address,
    },
    commandTimeout: read.duration("COMMAND_TIMEOUT"),
    hangAfterSkips: readHangAfterSkips(read),
    notices: readNotices(read),
    runsKeepDays: read.integer("RUNS_KEEP_DAYS", 1, 36_500) ?? 90,
    logFiles: readLogLimits(read),
    hasMonitor: read.boolean("MONITOR") ?? false,
    monitorPing: readMonitorPing(read),
    redis: {
      isRefused: isTesting && !process.env.REDIS_URL && !process.env.REDIS_HOST,
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
    dashboard: readDashboard(read),
  };
  read.absolutePath("LAJU_DATA");
  read.absolutePath("LAJU_LOGS");
  read.group("LAJU_GROUP");
  if (problems.length > 0) throw badSettings(problems);
  return result;
}

/**
 * Who is notified of failures. Reads only these settings, because an invalid value of another one may be the very
 * failure to report.
 */
export function noticeSettings(): NoticeSettings {
  return readNotices(settingReaders(process.env, []));
}

/**
 * The monitor's ping URL. Reads only this setting, so that an invalid value of another one can't keep the monitor from
 * pinging.
 */
export function monitorPing(): string | undefined {
  return readMonitorPing(settingReaders(process.env, []));
}

function readMonitorPing(read: SettingReaders): string | undefined {
  return read.url("MONITOR_PING", ["https:", "http:"]);
}

/** When logs are rotated. Reads only these settings and ignores problems with others. */
export function logLimits(): LogLimits {
  return readLogLimits(settingReaders(process.env, []));
}

/** The default time limit of commands. Reads only this setting, because every start calls this function. */
export function commandTimeout(): TimeLimit | undefined {
  if (!process.env.COMMAND_TIMEOUT) return undefined;
  return settingReaders(process.env, []).duration("COMMAND_TIMEOUT");
}

/** The number of skipped starts after which a run counts as hanging. Reads only this setting. */
export function hangAfterSkips(): number {
  return readHangAfterSkips(settingReaders(process.env, []));
}

/**
 * Who may access the dashboard. Validates only these settings, because the dashboard shows problems with the others.
 */
export function dashboardSettings(): DashboardSettings {
  const problems: string[] = [];
  const result = readDashboard(settingReaders(process.env, problems));
  if (problems.length > 0) throw badSettings(problems);
  return result;
}

function readDashboard(read: SettingReaders): DashboardSettings {
  return {
    password: read.secret("DASHBOARD_PASSWORD", 8),
    hosts: read.list("DASHBOARD_HOSTS").map((host) => host.toLowerCase()),
    proxyHeader: read.text("DASHBOARD_PROXY_HEADER")?.toLowerCase(),
    proxyAddresses: read.networks("DASHBOARD_PROXY_ADDRESSES"),
    metricsToken: read.secret("DASHBOARD_METRICS_TOKEN", 16),
  };
}

function readHangAfterSkips(read: SettingReaders): number {
  return read.integer("HANG_AFTER_SKIPS", 1, 1_000) ?? 3;
}

function readLogLimits(read: SettingReaders): LogLimits {
  return {
    maxBytes: read.bytes("LOG_MAX_SIZE") ?? 10_000_000,
    maxFiles: read.integer("LOG_MAX_FILES", 1, 1000) ?? 5,
  };
}

function readNotices(read: SettingReaders): NoticeSettings {
  return {
    mailTo: read.mailboxes("NOTIFY_MAIL_TO").map(({ address }) => address),
    webhookUrl: read.url("NOTIFY_WEBHOOK_URL", ["https:", "http:"]),
    webhookFormat: read.oneOf("NOTIFY_WEBHOOK_FORMAT", webhookFormats),
  };
}

function badSettings(problems: string[]): LajuError {
  const title = problems.length === 1 ? "invalid setting" : `${problems.length} invalid settings`;
  return new LajuError(`${title}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
    code: "E_SETTINGS",
    hint: `Fix it in ${paths.env} or in the environment. .env.example explains each setting.`,
  });
}

/**
 * The root if there is no app: laju's own folder, which has neither `.env` nor data. Verbs such as `new` work there.
 */
function withoutApp(): string {
  if (Reflect.has(globalThis, Symbol.for("laju.outside"))) return join(import.meta.dirname, "../..");
  throw rootProblem(searchedFrom() ?? process.cwd());
}

/**
 * Calls a function, and prints its error and exits if it fails. At this point, nothing else could show the error,
 * because commands and verbs load this module first.
 */
function orExit<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof LajuError && searchedFrom() !== undefined) exitWith(error);
    throw error;
  }
}

/**
 * Throws a LajuError if package.json gives laju's own repository a name other than "laju". Files such as
 * app/services/DB.ts import laju's modules by that name.
 */
export function checkPackageName(): void {
  const { name } = JSON.parse(readText(join(root, "package.json")));
  const isOwn = existsSync(join(root, "framework/config/config.ts"));
  if (name === "laju" || !isOwn || existsSync(join(root, "node_modules/laju"))) return;
  throw new LajuError(
    `package.json names this package ${JSON.stringify(name)}, but laju's modules are imported as "laju"`,
    {
      code: "E_PACKAGE_NAME",
      hint: 'Change it back to "name": "laju" in package.json. You can use any other name everywhere else.',
    },
  );
}

/**
 * The environment's terminal settings: whether to use color (undefined: depends on the stream), and whether it supports
 * UTF-8.
 */
export function terminalSettings(): { color: boolean | undefined; unicode: boolean } {
  const { NO_COLOR, FORCE_COLOR, TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const color = NO_COLOR || TERM === "dumb" ? false : FORCE_COLOR ? FORCE_COLOR !== "0" : undefined;
  return { color, unicode: /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "") };
}
