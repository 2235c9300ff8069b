import { connect } from "node:net";
import { needs, programPath } from "./requirement";
import { freePort, startServer, type TestServer, temporaryFolder } from "./server";

export const redisNeed = needs("redis-server");
export const hasRedis = () => redisNeed.path !== undefined;

/** A Redis of its own, without persistence; `password` makes it ask for one, `options` are redis-server's. */
export async function startRedis({
  password = "",
  port,
  options = [],
}: {
  password?: string;
  port?: number;
  options?: string[];
} = {}): Promise<TestServer> {
  const folder = temporaryFolder("redis");
  const chosen = port ?? (await freePort());
  const args = [
    "--port",
    String(chosen),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--save",
    "",
    "--appendonly",
    "no",
    ...(password ? ["--requirepass", password] : []),
    ...options,
  ];
  return startServer(programPath("redis-server"), args, {
    folder,
    url: `redis://${password ? `:${password}@` : ""}127.0.0.1:${chosen}`,
    isReady: () => answers(chosen),
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", () => resolve(true)).once("error", () => resolve(false));
    socket.once("data", () => socket.destroy());
  });
}
