import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyOfWhatIsMadeOnce } from "../apps/madeOnce";
import { needs, programPath } from "./requirement";
import { type CrashingServer, crashingServer, freePort, startServer, temporaryFolder } from "./server";

export const postgresNeed = needs("initdb");
export const hasPostgres = () => postgresNeed.path !== undefined;

/**
 * Starts a PostgreSQL server with the user `laju`, the password `s3cret` and the database `postgres`. The password is
 * required if `auth` is one of its authentication methods. `crash()` is an immediate shutdown.
 */
export async function startPostgres({
  auth = "trust",
}: {
  auth?: "trust" | "scram-sha-256" | "md5";
} = {}): Promise<CrashingServer> {
  const user = ordinaryUser();
  const folder = temporaryFolder("postgres", user);
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const data = join(folder, "data");
  const password = join(folder, "password");
  writeFileSync(password, "s3cret");
  const who = ["-U", "laju", "--pwfile", password, "-A", auth];
  copyOfWhatIsMadeOnce(`postgres-${auth}`, data, (made) => {
    mkdirSync(made, { mode: 0o700 });
    if (user !== undefined) chownSync(made, user, user);
    const options = ["-D", made, ...who, "-E", "UTF8", "--no-locale", "--no-sync"];
    execFileSync(programPath("initdb"), options, { ...identity, cwd: folder, stdio: "pipe" });
  });
  const port = await freePort();
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: folder, fsync: "off" };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const start = () =>
    startServer(programPath("postgres"), ["-D", data, "-p", String(port), ...flags], {
      ...identity,
      cwd: folder,
      folder,
      url: `postgres://laju:s3cret@127.0.0.1:${port}/postgres`,
      isReady: () => isAccepting(programPath("pg_isready"), port),
    });
  return crashingServer(start, "SIGQUIT");
}

/** The user who runs the server. PostgreSQL refuses to run as root. */
function ordinaryUser(): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const entry = entries.find(([name]) => name === "postgres") ?? entries.find(([name]) => name === "nobody");
  return entry === undefined ? 65_534 : Number(entry[2]);
}

function isAccepting(program: string, port: number): boolean {
  try {
    execFileSync(program, ["-h", "127.0.0.1", "-p", String(port), "-q"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
