import { createRequire } from "node:module";
import knex, { type Knex } from "knex";

const url = process.env.DATABASE_URL;
const connection = url ?? { filename: process.env.BENCH_SQLITE ?? ":memory:" };
const DB = knex({ client: url ? "pg" : sqliteClient(), connection, useNullAsDefault: true });
export default DB;

/** Which version of better-sqlite3 works depends on the version of Node. */
function sqliteClient(): typeof Knex.Client {
  const isNode20 = Number.parseInt(process.versions.node, 10) < 22;
  const Client = knex({ client: "better-sqlite3", useNullAsDefault: true }).client.constructor;
  return class extends Client {
    initializeDriver() {
      this.driver = createRequire(__filename)(isNode20 ? "better-sqlite3-node20" : "better-sqlite3");
    }
  } as unknown as typeof Knex.Client;
}
