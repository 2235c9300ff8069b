import knex from "knex";
import { postgresEngine } from "../../../framework/queue/engines/postgres/postgres";
import { startPostgres } from "../servers/postgres";
import { type CrashingServer, until } from "../servers/server";
import { type ServerSetup, serverSetup } from "./serverSetup";

/** The queue in a PostgreSQL server of its own. */
export function postgresSetup(): ServerSetup<CrashingServer> {
  return serverSetup({
    name: "PostgreSQL",
    startServer: startPostgres,
    connect: (url) => knex({ client: "pg", connection: url }),
    openEngine: (url) => postgresEngine({ engine: "pg", url, address: new URL(url).host }),
    async refuseWrites(database, isRefusing) {
      await database.raw(`alter system set default_transaction_read_only = ${isRefusing}`);
      await database.raw("select pg_reload_conf()");
      // Wait until sessions use the new setting. All of them switch at the same time, a moment later.
      const wanted = isRefusing ? "on" : "off";
      const told = async () => (await database.raw("show default_transaction_read_only")).rows[0];
      await until(async () => (await told()).default_transaction_read_only === wanted);
    },
  });
}
