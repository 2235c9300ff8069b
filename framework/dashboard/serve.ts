import { once } from "node:events";
import type { Server } from "node:http";
import { basename } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { dashboardSettings, paths } from "../config/config";
import { LajuError } from "../config/errors";
import { ledger } from "../runs/ledger/ledgerFile";
import { bracketed, isLoopback, plainAddress } from "./access/hosts";
import { ownAccess } from "./access/own";
import { dashboardToken } from "./access/secret";
import { addSignIn, askToSignIn } from "./access/signInRoutes";
import { readHours } from "./read/world";
import { dashboardApp, placeOf, rootFrom } from "./routes";

export interface ServeOptions {
  port: number;
  host: string;
  basePath: string;
  isReadOnly: boolean;
}

/** A dashboard that accepts requests. */
export interface Serving {
  /** The URL to open. Without a password it contains the token. */
  url: string;
  close(): Promise<void>;
}

/** Disconnects clients that take longer than this, in milliseconds, to send a request. */
const serverOptions = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };
/** The maximum number of connections: well below the usual limit of 1024 open files per process. */
const mostConnections = 500;

/**
 * Starts `node laju dashboard`. Throws a LajuError if it would be open to other machines without a password.
 */
export async function serveDashboard({ port, host, basePath, isReadOnly }: ServeOptions): Promise<Serving> {
  const settings = dashboardSettings();
  const isProtected = settings.password !== undefined || hasProxy(settings);
  if (!isLoopback(host) && !isProtected) throw openToAll(host);
  const own = ownAccess(settings, { basePath });
  const access = { ...own, refusal: (context: never) => askToSignIn(context, refusedPath(context)) };
  const app = dashboardApp({
    access,
    basePath,
    isReadOnly,
    addFirst: (first) => addSignIn(first, own, { name: basename(paths.root) }),
  });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  server.maxConnections = mostConnections;
  await listening(server, port, host);
  setImmediate(readAhead);
  const { port: actual } = server.address() as { port: number };
  const address = `http://${bracketed(shownHost(host))}:${actual}${basePath}/`;
  return {
    url: own.hasPassword ? address : `${address}?token=${dashboardToken()}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close").catch(() => {});
    },
  };
}

/** The size of the ledger's cache, in KiB. The driver's default is 16 MB, which renders no page faster. */
const ledgerCacheKib = 2_048;

/**
 * Loads the data for which the first visitor would otherwise wait. Ignores errors: if one persists, visitors will see
 * it.
 */
function readAhead(): void {
  try {
    ledger().pragma(`cache_size = -${ledgerCacheKib}`);
    readHours();
  } catch {
    // The ledger is unavailable, or nothing has been built yet.
  }
}

function refusedPath(context: never): { root: string; path: string } {
  const { path, query } = placeOf(context);
  return { root: rootFrom(path), path: query.size === 0 ? path : `${path}?${query}` };
}

function hasProxy({ proxyHeader, proxyAddresses }: ReturnType<typeof dashboardSettings>): boolean {
  return proxyHeader !== undefined && proxyAddresses.length > 0;
}

async function listening(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new LajuError(`cannot listen on ${bracketed(host)}:${port}: ${error.code ?? error.message}`, {
      code: "E_LISTEN",
      hint:
        error.code === "EADDRINUSE"
          ? "Another program is listening there. Choose another port with --port."
          : "",
      cause: error,
    });
  }
}

/** The host to show in the URL. A wildcard address is replaced with "localhost". */
function shownHost(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "localhost" : plainAddress(host);
}

function openToAll(host: string): LajuError {
  return new LajuError(`${host} is reachable from other machines, and no authentication is configured`, {
    code: "E_DASHBOARD_OPEN",
    exitStatus: 2,
    hint: "Set DASHBOARD_PASSWORD, or DASHBOARD_PROXY_HEADER and DASHBOARD_PROXY_ADDRESSES; or leave out --host.",
  });
}
