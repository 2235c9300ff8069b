import { connect } from "node:net";
import { needs, programPath } from "./requirement";
import { type CrashingServer, crashingServer, freePort, startServer, temporaryFolder } from "./server";

export const redisNeed = needs("redis-server");
export const hasRedis = () => redisNeed.path !== undefined;

interface RedisOptions {
  /** The password that the server requires. */
  password?: string;
  port?: number;
  /** Whether the server writes its data to disk. */
  appendOnly?: boolean;
  /** Additional settings, as in redis.conf. */
  settings?: Record<string, string>;
}

/** Starts a Redis server for a test. */
export async function startRedis(options: RedisOptions = {}): Promise<CrashingServer> {
  const { password = "", appendOnly = false } = options;
  const folder = temporaryFolder("redis");
  const port = options.port ?? (await freePort());
  const settings = {
    port,
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: appendOnly ? "yes" : "no",
    ...(password !== "" && { requirepass: password }),
    ...options.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const url = `redis://${password ? `:${password}@` : ""}127.0.0.1:${port}`;
  const start = () =>
    startServer(programPath("redis-server"), args, { folder, url, isReady: () => answers(port) });
  return crashingServer(start);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", () => resolve(true)).once("error", () => resolve(false));
    // A server that is still starting may close the connection without a reply, or not reply at all.
    socket.once("close", () => resolve(false)).setTimeout(1000, () => socket.destroy());
    socket.once("data", () => socket.destroy());
  });
}
