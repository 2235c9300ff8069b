import type { Socket } from "node:net";
import { require } from "../../config/require";

/** A server that hears nothing hangs up after a minute or less; what stood for so long (ms) is not used. */
const freshFor = 10_000;

/**
 * Begins a connection to the database server at `url`, for the driver to use: PostgreSQL starts a process for each,
 * which takes as long as loading knex and pg does, and can do so meanwhile. Nothing is said over it until it is taken.
 *
 * @returns what gives pg its sockets: the one that was begun, if it still stands, and new ones after that.
 */
export function connectAhead(url: string): () => Socket {
  const net = require("node:net") as typeof import("node:net");
  const { hostname, port, searchParams } = new URL(url);
  // A path (of a UNIX socket) stands there percent-encoded, or in the query.
  if (hostname === "" || hostname.includes("%") || searchParams.has("host")) return () => new net.Socket();
  const ahead = net.connect(Number(port || 5432), hostname.replace(/^\[|\]$/g, "")).unref();
  const begun = Date.now();
  let isTaken = false;
  // The one who takes its place meets the same error, and tells it.
  ahead.on("error", () => {});
  return () => {
    if (Date.now() - begun > freshFor && !isTaken) ahead.destroy();
    if (isTaken || ahead.destroyed) return new net.Socket();
    isTaken = true;
    return asNew(ahead);
  };
}

/** A socket that may be connected already, for a driver that calls connect() and waits for the event. */
function asNew(socket: Socket): Socket {
  socket.connect = () => {
    if (!socket.connecting) process.nextTick(() => socket.emit("connect"));
    return socket;
  };
  return socket.removeAllListeners("error").ref();
}
