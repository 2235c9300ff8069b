import type { RedisOptions } from "ioredis";
import { settings } from "../../config/config";

/** How to connect to Redis, its name in messages, and the variable that configures it. */
export interface RedisLocation {
  address: string;
  variable: "REDIS_URL" | "REDIS_HOST";
  options: RedisOptions;
  /** Whether this is a test without its own Redis, so that connecting must fail. */
  isRefused?: boolean;
}

export function redisLocation(): RedisLocation {
  const { url, host, port, password, db, isRefused } = settings().redis;
  if (url === undefined) {
    const options = { host, port, password, db };
    return { address: `${host}:${port}`, variable: "REDIS_HOST", options, isRefused };
  }
  const { protocol, hostname, port: urlPort, username, password: urlPassword, pathname } = new URL(url);
  const server = { host: hostname || "127.0.0.1", port: Number(urlPort) || 6379 };
  const login = {
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(urlPassword) || undefined,
  };
  return {
    address: `${server.host}:${server.port}`,
    variable: "REDIS_URL",
    options: {
      ...server,
      ...login,
      db: Number(pathname.slice(1)) || db,
      ...(protocol === "rediss:" && { tls: {} }),
    },
  };
}
