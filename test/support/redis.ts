import { connect } from "node:net";
import { needs, programPath } from "./requirement";
import { freePort, startServer, type TestServer, temporaryFolder } from "./server";

export const redisNeed = needs("redis-server");
export const hasRedis = () => redisNeed.path !== undefined;

/** A Redis of its own, without persistence; `password` makes it ask for one. */
export async function startRedis({
  password = "",
  port,
}: {
  password?: string;
  port?: number;
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
  ];
  return startServer(programPath("redis-server"), password ? [...args, "--requirepass", password] : args, {
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
