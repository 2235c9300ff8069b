import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectEarly } from "../../../../framework/services/database/earlyConnection";
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

test("the first socket is the early one, and emits connect when connect() is called", async () => {
  const take = connectEarly(url());
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

test("the early socket can be taken while it is still connecting", async () => {
  const socket = connectEarly(url())();
  socket.connect({ port: 1 });
  await once(socket, "connect");
  await until(() => heard.length === 1);
  socket.destroy();
});

test("it is replaced with a new one if nothing listens or the server has hung up", async () => {
  const refused = connectEarly(`postgres://me@127.0.0.1:${await freePort()}/app`);
  const left = connectEarly(url());
  await until(() => heard.length === 1);
  heard[0].destroy();
  await until(() => [refused, left].every((take) => take().pending));
});

test.each(["postgres://me@%2Ftmp/app", "postgres:///app?host=/tmp"])(
  "%s names no port: nothing is connected early",
  (socketUrl) => {
    expect(connectEarly(socketUrl)().pending).toBe(true);
  },
);
