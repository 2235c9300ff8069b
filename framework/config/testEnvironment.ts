import { mkdirSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

type Variables = Record<string, string | undefined>;

/**
 * Settings that tests never read from `.env`, because the databases, servers and folders there are those of development
 * or production.
 */
const neverFromFile =
  /^(DATABASE_URL|DB_CONNECTION|REDIS_\w+|MAIL_\w+|SMTP_\w+|USER_MAILER|PASS_MAILER|NOTIFY_\w+|MONITOR_PING|BACKUP_DIR|CACHE_STORE|QUEUE_ENGINE|LAJU_DATA)$/;

/**
 * Settings that name a server, file or recipient. If the environment contains the same value as `.env`, it was loaded
 * from there (`--env-file`, dotenv), so tests ignore it.
 */
const locations = [
  ...["DATABASE_URL", "REDIS_URL", "MAIL_URL", "SMTP_HOST", "USER_MAILER", "BACKUP_DIR", "MONITOR_PING"],
  ...["NOTIFY_MAIL_TO", "NOTIFY_WEBHOOK_URL", "CACHE_STORE", "QUEUE_ENGINE"],
];

/** The settings in `.env` that tests may use, and the reasons why tests must not run with this environment. */
export interface TestEnvironment {
  values: Variables;
  problems: string[];
}

/**
 * Prepares `environment` for a process with NODE_ENV=test: its database is TEST_DATABASE_URL, or else the process's own
 * DATABASE_URL, or else a temporary SQLite file. So no test, command or verb can reach the databases in `.env`.
 */
export function testEnvironment(root: string, file: Variables, environment: Variables): TestEnvironment {
  const problems = [...databaseProblems(root, file, environment), ...redisProblems(file, environment)];
  for (const name of locations) if (environment[name] === file[name]) delete environment[name];
  if (isSameRedisHost(file, environment)) delete environment.REDIS_HOST;
  take("DATABASE_URL", file, environment);
  take("REDIS_URL", file, environment);
  // With this setting, the database is the file test.sqlite3 in the temporary folder.
  environment.DB_CONNECTION = "test";
  environment.NODE_ENV = "test";
  environment.LAJU_DATA = dataFolder(environment);
  environment.LAJU_TEST_DATA = environment.LAJU_DATA;
  const counts = ([name]: [string, unknown]) => !neverFromFile.test(name);
  return { values: Object.fromEntries(Object.entries(file).filter(counts)), problems };
}

/** Replaces a setting such as DATABASE_URL with its TEST_ counterpart. */
function take(name: string, file: Variables, environment: Variables): void {
  const test = environment[`TEST_${name}`] ?? file[`TEST_${name}`];
  if (test) environment[name] = test;
}

function databaseProblems(root: string, file: Variables, environment: Variables): string[] {
  const inherited = environment.DATABASE_URL === file.DATABASE_URL;
  const test = environment.TEST_DATABASE_URL || file.TEST_DATABASE_URL;
  const asked = test ? "TEST_DATABASE_URL" : "DATABASE_URL";
  const url = test || (inherited ? undefined : environment.DATABASE_URL);
  if (!url) return [];
  const own = developmentDatabases(root, file, environment);
  if (!own.some((other) => isSameDatabase(url, other, root))) return [];
  return [`${asked} is a database that this app uses outside of tests, and tests would empty it`];
}

/** The URLs of all databases that commands may use outside tests. */
function developmentDatabases(root: string, file: Variables, environment: Variables): string[] {
  const folders = [file.LAJU_DATA, environment.LAJU_DATA, "data"].flatMap((folder) => folder || []);
  const stages = ["dev", "production", file.DB_CONNECTION].flatMap((stage) => stage || []);
  const files = folders.flatMap((folder) =>
    stages.map((stage) => `file:${encodeURI(join(resolve(root, folder), `${stage}.sqlite3`))}`),
  );
  return [...(file.DATABASE_URL ? [file.DATABASE_URL] : []), ...files];
}

function isSameDatabase(one: string, other: string, root: string): boolean {
  const [first, second] = [databaseKey(one, root), databaseKey(other, root)];
  return first !== undefined && first === second;
}

/** A string that identifies a database: equal for all ways to write its URL. */
function databaseKey(url: string, root: string): string | undefined {
  if (url.startsWith("file:")) return fileKey(url, root);
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, pathname, username, searchParams } = new URL(url);
  const isPostgres = protocol.startsWith("postgres");
  const host = hostKey(hostname || searchParams.get("host") || "");
  const name = decodeURIComponent(pathname.slice(1)) || (isPostgres ? username : "");
  return `${isPostgres ? "pg" : "mysql"} ${host} ${port || (isPostgres ? 5432 : 3306)} ${name}`;
}

/** A string that identifies a file: equal for all paths to it, even through symbolic or hard links. */
function fileKey(url: string, root: string): string {
  const file = resolve(root, decodeURIComponent(url.replace(/^file:(\/\/)?/, "").replace(/\?.*$/, "")));
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat !== undefined) return `file ${stat.dev} ${stat.ino}`;
  try {
    return `file ${join(realpathSync(join(file, "..")), file.slice(file.lastIndexOf("/") + 1))}`;
  } catch {
    return `file ${file}`;
  }
}

function hostKey(host: string): string {
  const isHere = host === "" || host.startsWith("/") || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
  return isHere ? "localhost" : host.toLowerCase();
}

function redisProblems(file: Variables, environment: Variables): string[] {
  const test = environment.TEST_REDIS_URL || file.TEST_REDIS_URL;
  const own = file.REDIS_URL || (file.REDIS_HOST && redisUrl(file));
  if (!test || !own || redisKey(test) !== redisKey(own)) return [];
  return ["TEST_REDIS_URL is the same Redis as in .env, which tests must not use"];
}

function isSameRedisHost(file: Variables, environment: Variables): boolean {
  return environment.REDIS_HOST !== undefined && redisUrl(file) === redisUrl(environment);
}

function redisUrl({ REDIS_HOST, REDIS_PORT, REDIS_DB }: Variables): string {
  return `redis://${REDIS_HOST ?? ""}:${REDIS_PORT || 6379}/${REDIS_DB || 0}`;
}

function redisKey(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, pathname } = new URL(url);
  return `${hostKey(hostname)} ${port || 6379} ${Number(pathname.slice(1)) || 0}`;
}

/**
 * The temporary folder that tests use instead of data/. Child processes inherit it, so a command and the processes that
 * it starts use the same database.
 */
function dataFolder({ LAJU_TEST_DATA: inherited, TMPDIR }: Variables): string {
  const shared = join(TMPDIR || "/tmp", `laju-test-${process.geteuid?.() ?? "user"}`);
  if (inherited?.startsWith(`${shared}/`) && !inherited.includes("..")) return inherited;
  makePrivate(shared);
  removeLeftovers(shared);
  const folder = join(shared, `${process.pid}-${Math.random().toString(36).slice(2, 10)}`);
  // Register this handler after all others, because a run still writes its result when the process exits.
  queueMicrotask(() => process.on("exit", () => rmSync(folder, { recursive: true, force: true })));
  return folder;
}

/** Creates the folder, and throws if another user created it first, who could then read what tests write. */
function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (uid === process.geteuid?.() && (mode & 0o022) === 0) return;
  throw new Error(`${folder} belongs to another user: set TMPDIR to one of your own folders`);
}

/** Removes the folders that killed processes left behind. */
function removeLeftovers(shared: string): void {
  for (const name of readdirSync(shared)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(shared, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
