import type { Socket } from "node:net";
import { require } from "../../config/require";

/**
 * An early connection older than this (in milliseconds) isn't used, because servers drop silent connections after a
 * minute or less.
 */
const maxAge = 10_000;

/**
 * Starts connecting to the database server before the driver is loaded. PostgreSQL starts a process per connection, which
 * takes about as long as loading knex and pg, so both happen at the same time. Nothing is sent until pg takes the socket.
 *
 * @returns a function that creates pg's sockets: first the early one, if it is still usable, then new ones.
 */
export function connectEarly(url: string): () => Socket {
  const net = require("node:net") as typeof import("node:net");
  const { hostname, port, searchParams } = new URL(url);
  // The path of a Unix socket is either a percent-encoded host name or in the query string.
  if (hostname === "" || hostname.includes("%") || searchParams.has("host")) return () => new net.Socket();
  const early = net.connect(Number(port || 5432), hostname.replace(/^\[|\]$/g, "")).unref();
  const startedAt = Date.now();
  let isTaken = false;
  // Ignore errors here: the socket that pg then opens fails the same way, and that error is reported.
  early.on("error", () => {});
  return () => {
    if (Date.now() - startedAt > maxAge && !isTaken) early.destroy();
    if (isTaken || early.destroyed) return new net.Socket();
    isTaken = true;
    return asUnconnected(early);
  };
}

/** Adapts a socket, which may already be connected, to a driver that calls connect() and waits for the event. */
function asUnconnected(socket: Socket): Socket {
  socket.connect = () => {
    if (!socket.connecting) process.nextTick(() => socket.emit("connect"));
    return socket;
  };
  return socket.removeAllListeners("error").ref();
}
