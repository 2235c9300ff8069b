import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectAhead } from "../../../../framework/services/database/earlyConnection";
import { freePort, until } from "../../../support/servers/server";

let server: Server;
let heard: Socket[];

beforeEach(async () => {
  heard = [];
  server = createServer((socket) => heard.push(socket.on("error", () => {})));
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  for (const socket of heard) socket.destroy();
  server.close();
});

const url = () => `postgres://me@127.0.0.1:${(server.address() as { port: number }).port}/app`;

test("the first socket is the one that was begun, and says that it is connected when it is asked to connect", async () => {
  const take = connectAhead(url());
  await until(() => heard.length === 1);
  const socket = take();
  socket.connect({ port: 1 });
  await once(socket, "connect");
  socket.write("hello");
  expect(String((await once(heard[0], "data"))[0])).toBe("hello");
  expect(take().pending).toBe(true);
  expect(heard).toHaveLength(1);
  socket.destroy();
});

test("it may be asked for while it connects", async () => {
  const socket = connectAhead(url())();
  socket.connect({ port: 1 });
  await once(socket, "connect");
  await until(() => heard.length === 1);
  socket.destroy();
});

test("where nobody listens, or the server has hung up, a new one takes its place", async () => {
  const refused = connectAhead(`postgres://me@127.0.0.1:${await freePort()}/app`);
  const left = connectAhead(url());
  await until(() => heard.length === 1);
  heard[0].destroy();
  await until(() => [refused, left].every((take) => take().pending));
});

test.each(["postgres://me@%2Ftmp/app", "postgres:///app?host=/tmp"])(
  "%s names no port: nothing is begun",
  (socketUrl) => {
    expect(connectAhead(socketUrl)().pending).toBe(true);
  },
);
