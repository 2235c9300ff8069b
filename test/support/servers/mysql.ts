import { execFileSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { copyOfWhatIsMadeOnce } from "../apps/madeOnce";
import { needs, programPath } from "./requirement";
import { type CrashingServer, crashingServer, freePort, startServer, temporaryFolder } from "./server";

export const mysqlNeed = needs("mariadbd");
export const hasMysql = () => mysqlNeed.path !== undefined;

/**
 * Starts a MariaDB server with the database `laju` and two users without passwords: `root`, and `worker`, who has no
 * special rights.
 */
export async function startMysql(more: readonly string[] = []): Promise<CrashingServer> {
  const folder = temporaryFolder("mysql");
  const data = join(folder, "data");
  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  copyOfWhatIsMadeOnce("mysql", data, (made) => {
    const options = [`--datadir=${made}`, "--auth-root-authentication-method=normal", "--skip-test-db"];
    execFileSync(programPath("mariadb-install-db"), [...options, ...asRoot], { stdio: "pipe" });
  });
  const port = await freePort();
  const paths = [
    `--datadir=${data}`,
    `--socket=${join(folder, "s.sock")}`,
    `--pid-file=${join(folder, "pid")}`,
  ];
  const network = ["--bind-address=127.0.0.1", `--port=${port}`];
  const url = `mysql://root@127.0.0.1:${port}/laju`;
  const flags = ["--no-defaults", ...paths, ...network, ...asRoot, ...more];
  const start = () =>
    startServer(programPath("mariadbd"), flags, { folder, url, isReady: () => isListening(port) });
  const server = await crashingServer(start);
  const client = [
    "--no-defaults",
    "-h",
    "127.0.0.1",
    "-P",
    String(port),
    "-u",
    "root",
    "-e",
    "create database laju; create user worker@'%'; grant all on laju.* to worker@'%'",
  ];
  execFileSync(programPath("mariadb", "mysql"), client);
  return server;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
