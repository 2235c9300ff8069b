import knex from "knex";
import { mysqlEngine } from "../../../framework/queue/engines/mysql/mysql";
import { startMysql } from "../servers/mysql";
import type { CrashingServer } from "../servers/server";
import { type ServerSetup, serverSetup } from "./serverSetup";

/** The queue in a MariaDB server of its own. */
export function mysqlSetup(): ServerSetup<CrashingServer> {
  return serverSetup({
    name: "MySQL",
    startServer: startMysql,
    connect: (url) => knex({ client: "mysql2", connection: url }),
    openEngine: (url) => mysqlEngine({ engine: "mysql2", url, address: new URL(url).host }),
    // Workers don't connect as root, who can write even if the server is read-only.
    worker: "worker",
    refuseWrites: (database, isRefusing) => database.raw("set global read_only = ?", [isRefusing]),
  });
}
