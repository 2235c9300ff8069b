import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A proxy in front of a server. Tests use it to make connections fail. */
export interface FaultyProxy {
  /** The server's URL through the proxy. */
  url: string;
  /** Stops passing data through current connections, without closing them. New connections work. */
  swallow(): void;
  /** Closes current connections. New connections work. */
  cut(): void;
  close(): Promise<void>;
}

type Filter = (data: Buffer) => Buffer;

/**
 * Starts a proxy. `filter` creates, for each connection, a function that changes the data from the server. `asked`
 * changes the data to it.
 */
export async function startProxy(
  url: string,
  filter: () => Filter,
  asked: Filter = (data) => data,
): Promise<FaultyProxy> {
  const target = new URL(url);
  const port = Number(target.port);
  const pairs = new Set<{ sockets: Socket[]; isSwallowed: boolean }>();
  const server = createServer((client) => {
    const upstream = connect(port, target.hostname);
    const pair = { sockets: [client, upstream], isSwallowed: false };
    const filtered = filter();
    pairs.add(pair);
    client.on("data", (data) => pair.isSwallowed || upstream.write(asked(data)));
    upstream.on("data", (data) => pair.isSwallowed || client.write(filtered(data)));
    for (const [one, other] of [pair.sockets, [upstream, client]] as [Socket, Socket][]) {
      one.on("error", () => {});
      one.on("close", () => {
        if (pair.isSwallowed) return;
        other.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  target.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const { sockets } of pairs) for (const socket of sockets) socket.destroy();
  };
  return {
    url: target.href,
    cut,
    swallow() {
      for (const pair of pairs) pair.isSwallowed = true;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

export const everything = () => (data: Buffer) => data;

/**
 * Removes PostgreSQL's notifications from the data. This is what a client sees behind a pooler that gives each
 * transaction another session.
 */
export function withoutNotices(): (data: Buffer) => Buffer {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    const kept: Buffer[] = [];
    // A message begins with its type (one byte) and its length (without the type).
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1);
      if (rest[0] !== "A".charCodeAt(0)) kept.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return Buffer.concat(kept);
  };
}

/** Makes LISTEN fail on the server, as some poolers and all standby servers do. */
export function withoutListening(data: Buffer): Buffer {
  return Buffer.from(data.toString("latin1").replaceAll("listen laju_queue", "Listen-laju_queue"), "latin1");
}
