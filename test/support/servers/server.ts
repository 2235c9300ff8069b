import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A running server: its URL, and how to stop it. */
export interface TestServer {
  url: string;
  /** The server's process id, so that a test can stop and continue it. */
  pid: number;
  stop(): Promise<void>;
}

/** A server that can crash and be restarted. */
export interface CrashingServer extends TestServer {
  /** Kills the server, as in a crash. */
  crash(): Promise<void>;
  /** Restarts it at the same address. */
  again(): Promise<void>;
}

/** Wraps a server, so that it can be crashed (with this signal) and started again. `start` starts it. */
export async function crashingServer(
  start: () => Promise<TestServer>,
  signal: NodeJS.Signals = "SIGKILL",
): Promise<CrashingServer> {
  let server = await start();
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    async crash() {
      process.kill(server.pid, signal);
      await until(() => !isRunning(server.pid), { what: "the server's end" });
    },
    async again() {
      server = await start();
    },
    stop: () => server.stop(),
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A loopback port on which no process is listening at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until the condition holds, checking it repeatedly. Tests wait only in this way, never for a fixed time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { limit = 20_000, what = "the condition" } = {},
): Promise<void> {
  const giveUpAt = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`${what} did not happen within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Creates a temporary folder. `owner` owns it, for a server that refuses to run as root. */
export function temporaryFolder(prefix: string, owner?: number): string {
  const folder = mkdtempSync(join(tmpdir(), `laju-${prefix}-`));
  chmodSync(folder, 0o700);
  if (owner !== undefined) chownSync(folder, owner, owner);
  return folder;
}

/** Starts a server. If it never becomes ready, the error contains its output. */
export async function startServer(
  program: string,
  args: string[],
  { isReady, folder, url, ...options }: SpawnOptions & ServerOptions,
): Promise<TestServer> {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
  try {
    await until(() => hasEnded(child) || isReady(), { what: `${program} being ready`, limit: 60_000 });
    if (hasEnded(child)) throw new Error(`${program} exited immediately`);
  } catch (error) {
    await end(child, folder);
    throw new Error(`${error.message}\n${output}`, { cause: error });
  }
  return { url, pid: child.pid as number, stop: () => end(child, folder) };
}

interface ServerOptions {
  isReady(): boolean | Promise<boolean>;
  /** Remove the folder only now that the server has stopped. */
  folder: string;
  url: string;
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (!hasEnded(child)) {
    const ended = once(child, "exit");
    child.kill("SIGCONT");
    // For PostgreSQL, SIGINT is a fast shutdown. It stops the other servers too.
    child.kill("SIGINT");
    const patience = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(patience);
  }
  rmSync(folder, { recursive: true, force: true });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
