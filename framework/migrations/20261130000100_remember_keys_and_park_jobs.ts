import type { Knex } from "knex";

// No transaction, so that PostgreSQL can build the index without blocking writers. Each step can be repeated.
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await addColumn(knex, "queue_workers", "types", (table) => table.text("types"));
  await addColumn(knex, "jobs", "former_key", (table) => table.string("former_key", 400));
  if (isMysql(knex)) return changeTypes(knex);
  const concurrently = /postgres/.test(knex.client.dialect) ? "concurrently " : "";
  await knex.raw(
    `create index ${concurrently}if not exists jobs_parked on jobs (type, user_id) where status = 'parked'`,
  );
}

// Raw SQL, because Knex recreates the whole table in SQLite and loses its partial indexes.
export async function down(knex: Knex): Promise<void> {
  await knex("jobs").where({ status: "parked" }).update({ status: "pending" });
  if (!isMysql(knex)) await knex.raw("drop index if exists jobs_parked");
  for (const [table, column] of [
    ["jobs", "former_key"],
    ["queue_workers", "types"],
  ] as const) {
    if (await knex.schema.hasColumn(table, column)) {
      await knex.raw(`alter table ${table} drop column ${column}`);
    }
  }
}

async function addColumn(
  knex: Knex,
  name: string,
  column: string,
  add: (table: Knex.AlterTableBuilder) => unknown,
): Promise<void> {
  if (await knex.schema.hasColumn(name, column)) return;
  await knex.schema.alterTable(name, (table) => void add(table));
}

/** The table's collation treats "a" and "a " as the same key, and a text column holds only 64 kB. */
async function changeTypes(knex: Knex): Promise<void> {
  const [[{ version }]] = await knex.raw("select version() as version");
  const exact = /mariadb/i.test(version) ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
  const key = `varchar(400) character set utf8mb4 collate ${exact} null`;
  await knex.raw(
    `alter table jobs modify unique_key ${key}, modify former_key ${key}, modify progress longtext null`,
  );
}

function isMysql(knex: Knex): boolean {
  return /mysql/.test(knex.client.dialect);
}
