import { existsSync, writeFileSync } from "node:fs";
import type { Knex } from "knex";
import DB from "../../../framework/services/DB";

// Runs one migration as `node laju migrate` would. The migration reports that it has started, and waits for a file, the
// gate.

const { history, begun, gate } = JSON.parse(process.argv[2] as string);

async function up(knex: Knex): Promise<void> {
  const name = `${history}_made`;
  if (!(await knex.schema.hasTable(name))) await knex.schema.createTable(name, (table) => table.increments());
  writeFileSync(begun, "");
  while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 5));
  await knex(name).insert({});
}

const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => ["1_slow"],
  getMigrationName: (name) => name,
  // Without a transaction, so that an interrupted migration leaves part of its changes behind on every database.
  getMigration: async () => ({ up, down: async () => {}, config: { transaction: false } }) as Knex.Migration,
};
const [, names] = await DB.migrate.latest({ migrationSource, tableName: history });
process.stdout.write(`ran ${names.length}\n`);
process.exit(0);
