import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readEnvFile } from "./envFile";
import { LajuError } from "./errors";
import { type SettingReaders, settingReaders } from "./readers";
import { readText } from "./readText";
import { sourceEntry } from "./sourceEntry";
import { giveSqliteForNode20 } from "./sqliteOnNode20";

/** Where the app lives: LAJU_ROOT, else the nearest folder above this file whose package.json has a `laju` field. */
export const root = findRoot();
/** TZ as it was when this process started, before .env was read. */
export const ownTimezone = process.env.TZ;
const envFile = loadEnvFile(join(root, ".env"));

const data = resolve(root, process.env.LAJU_DATA || "data");

/** Every folder and file that laju itself reads or writes. LAJU_DATA and LAJU_LOGS move what outlives a release. */
export const paths = {
  root,
  env: join(root, ".env"),
  commands: join(root, "commands"),
  jobs: join(root, "app", "jobs"),
  /** Views, migrations and jobs, beside this very code: the sources in development, build/app in the build. */
  app: join(import.meta.dirname, "../../app"),
  build: join(root, "build"),
  manifest: join(root, "build", "commands.json"),
  data,
  /** One SQLite database beside the app's own, so that it works whatever DATABASE_URL says. */
  ledger: join(data, "runs.sqlite3"),
  pauses: join(data, "paused.json"),
  logs: resolve(root, process.env.LAJU_LOGS || "logs"),
  schedule: resolve(root, process.env.LAJU_SCHEDULE || "schedule.json"),
} as const;

if (typeof LAJU_BUILT !== "undefined") giveSqliteForNode20();
// Where a source is the program. Built, this is the business of the lines that the build puts around a command.
if (typeof LAJU_BUILT === "undefined") {
  const file = sourceEntry(paths.commands);
  if (file !== undefined) {
    giveSqliteForNode20();
    // A compiled command reports these as its run's failure; one that tsx runs may never ask for a setting.
    checkEnvFile();
    // A command that exports its run is started by the first module of laju's that it imports. package.json says by what:
    // starting is above this floor.
    void import("#startExported").then((source) => source.startExported(file));
  }
}

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
    /** Whether a login may be sent to another machine without TLS. */
    insecureLogin: boolean;
    gmailUser: string | undefined;
    gmailPassword: string | undefined;
    fromName: string | undefined;
    fromAddress: string | undefined;
  };
  /** The limit of a command whose metadata sets none. */
  commandTimeout: TimeLimit | undefined;
  /** So many starts in a row that a run makes skipped mean that it hangs. */
  hangAfterSkips: number;
  notices: NoticeSettings;
  /** How many days the ledger keeps runs. */
  runsKeepDays: number;
  logFiles: LogLimits;
  /** Whether crontab:install adds the entry that runs `laju monitor` every five minutes. */
  hasMonitor: boolean;
  /** The dead man's switch that `laju monitor` reports to at each pass. */
  monitorPing: string | undefined;
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
  dashboard: DashboardSettings;
}

/** Who may look at the dashboard, and under which names it is reached. */
export interface DashboardSettings {
  password: string | undefined;
  /** Host names it is reached by, besides those of this machine's own. */
  hosts: string[];
  /** The header in which a proxy names the user it has checked, and the addresses of such proxies. */
  proxyHeader: string | undefined;
  proxyAddresses: string[];
  /** What a program shows to read /metrics and the JSON API. */
  metricsToken: string | undefined;
}

/** A time limit as it was written, and in milliseconds. */
export interface TimeLimit {
  text: string;
  ms: number;
}

/** Who receives notices of failures, unless a command names its own recipients. */
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

/** Throws a LajuError if `.env` can't be read or has lines that are no settings, whatever the settings' values are. */
export function checkEnvFile(): void {
  const problems = [...envFile.unreadable, ...envFile.wrongLines];
  if (problems.length > 0) throw badSettings(problems);
}

/** The environment's name, without judging the other settings: fit for places that must not fail. */
export function environmentName(): string {
  return process.env.NODE_ENV || process.env.DB_CONNECTION || "development";
}

/** The group that may use laju's files too, by name or number; undefined where they are for its user alone. */
export function sharedGroup(): string | undefined {
  return process.env.LAJU_GROUP?.trim() || undefined;
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
  const problems = [...envFile.unreadable, ...envFile.wrongLines];
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

/** Who receives notices of failures, read without checking the other settings: one of them may be what failed. */
export function noticeSettings(): NoticeSettings {
  return readNotices(settingReaders(process.env, []));
}

/** Where the monitor reports that it lives, without judging the other settings: a wrong one must not silence it. */
export function monitorPing(): string | undefined {
  return readMonitorPing(settingReaders(process.env, []));
}

function readMonitorPing(read: SettingReaders): string | undefined {
  return read.url("MONITOR_PING", ["https:", "http:"]);
}

/** When logs are rotated, without judging the other settings. */
export function logLimits(): LogLimits {
  return readLogLimits(settingReaders(process.env, []));
}

/** The limit of commands that set none, without judging the other settings: this is asked at each start. */
export function commandTimeout(): TimeLimit | undefined {
  if (!process.env.COMMAND_TIMEOUT) return undefined;
  return settingReaders(process.env, []).duration("COMMAND_TIMEOUT");
}

/** How many skipped starts mean that a run hangs, without judging the other settings. */
export function hangAfterSkips(): number {
  return readHangAfterSkips(settingReaders(process.env, []));
}

/** Who may look at the dashboard, without judging the other settings: it shows what is wrong with them. */
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
  const count = problems.length === 1 ? "a setting is" : `${problems.length} settings are`;
  return new LajuError(`${count} wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
    code: "E_SETTINGS",
    hint: `Correct it in ${paths.env} or in the environment; .env.example shows what each means.`,
  });
}

function findRoot(): string {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  // A compiled file is below build/, whose own package.json need not be read at each start.
  const start =
    typeof LAJU_BUILT === "undefined" ? import.meta.dirname : join(import.meta.dirname, "../../..");
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
  return existsSync(file) && "laju" in JSON.parse(readText(file));
}

/**
 * Throws a LajuError where package.json calls laju's own repository something else: app/services and the like find laju's
 * modules by that name.
 */
export function checkPackageName(): void {
  const { name } = JSON.parse(readText(join(root, "package.json")));
  const isOwn = existsSync(join(root, "framework/config/config.ts"));
  if (name === "laju" || !isOwn || existsSync(join(root, "node_modules/laju"))) return;
  throw new LajuError(
    `package.json calls this package ${JSON.stringify(name)}, and laju's modules are found as "laju"`,
    {
      code: "E_PACKAGE_NAME",
      hint: 'Write "name": "laju" into package.json again; an app may have any title elsewhere.',
    },
  );
}

/** Variables that are already set win, as everywhere; a missing file is fine, an unreadable one is reported. */
function loadEnvFile(file: string): { unreadable: string[]; wrongLines: string[] } {
  if (!existsSync(file)) return { unreadable: [], wrongLines: [] };
  try {
    const { values, problems } = readEnvFile(readText(file));
    for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
    return { unreadable: [], wrongLines: problems.map(({ line, message }) => `${file}:${line}  ${message}`) };
  } catch (error) {
    return { unreadable: [`${file} cannot be read: ${error.message}`], wrongLines: [] };
  }
}

/** What the environment says about the terminal: colour (undefined: decide by the stream) and UTF-8. */
export function terminalSettings(): { color: boolean | undefined; unicode: boolean } {
  const { NO_COLOR, FORCE_COLOR, TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const color = NO_COLOR || TERM === "dumb" ? false : FORCE_COLOR ? FORCE_COLOR !== "0" : undefined;
  return { color, unicode: /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "") };
}
