import type { Knex } from "knex";

// Times are milliseconds in a bigint. A hand-written worker loop needs only id, type, data, status, created_at and
// completed_at; every other column has a default or is nullable.

export async function up(knex: Knex): Promise<void> {
  await refuseForeign(knex);
  await knex.schema.createTable("jobs", (table) => {
    // MySQL's default collation ignores case, and its character set may lack some characters.
    if (isMysql(knex)) table.collate("utf8mb4_bin");
    table.bigIncrements("id");
    table.string("type", 190).notNullable();
    table.integer("user_id");
    table.text("data", "longtext");
    // scheduled (waits for `due`), pending, processing, completed, failed, cancelled
    table.string("status", 12).notNullable().defaultTo("pending");
    // The negated priority, so that one ascending index works in every database.
    table.integer("sort_order").notNullable().defaultTo(0);
    table.bigInteger("due");
    table.integer("attempts").notNullable().defaultTo(0);
    table.integer("spent").notNullable().defaultTo(0);
    table.integer("crashes").notNullable().defaultTo(0);
    table.string("locked_by", 32);
    table.bigInteger("created_at");
    table.bigInteger("started_at");
    table.bigInteger("completed_at");
    table.text("progress");
    table.text("result", "longtext");
    table.text("error", "mediumtext");
    // The key is set only while the job is unfinished.
    table.string("unique_key", 400);
    table.string("cron", 255);
    table.string("timezone", 64);
    table.bigInteger("reschedule_delay");
    table.integer("reschedules").notNullable().defaultTo(0);
    table.bigInteger("rescheduled_from");
    table.bigInteger("successor");
    table.bigInteger("remove_delay");
    table.bigInteger("remove_at");
  });
  for (const sql of isMysql(knex) ? fullIndexes : partialIndexes) await knex.raw(sql);

  await knex.schema.createTable("queue_workers", (table) => {
    if (isMysql(knex)) table.collate("utf8mb4_bin");
    table.string("id", 32).primary();
    table.string("host", 255).notNullable();
    table.integer("pid").notNullable();
    table.string("identity", 190);
    table.integer("concurrency").notNullable();
    table.bigInteger("started_at").notNullable();
    table.bigInteger("lease_until").notNullable();
    // Whether a dedicated connection holds a lock for as long as the worker lives (PostgreSQL).
    table.boolean("has_session").notNullable().defaultTo(false);
  });
  // One row per paused type; "*" pauses all.
  await knex.schema.createTable("queue_pauses", (table) => {
    if (isMysql(knex)) table.collate("utf8mb4_bin");
    table.string("type", 190).primary();
    table.bigInteger("paused_at").notNullable();
  });
  if (isMysql(knex)) await createLocks(knex);
}

export async function down(knex: Knex): Promise<void> {
  if (isMysql(knex)) await knex.schema.dropTable("queue_locks");
  await knex.schema.dropTable("queue_pauses");
  await knex.schema.dropTable("queue_workers");
  await knex.schema.dropTable("jobs");
}

/** Throws if there already is a jobs table, because it belongs to the app and must not be changed. */
async function refuseForeign(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable("jobs"))) return;
  throw new Error(
    "a table named jobs already exists, and the queue needs its own: rename yours, then run node laju migrate again",
  );
}

/** Creates rows to lock in place of names: a name is mapped to the row whose id is the name's hash. */
async function createLocks(knex: Knex): Promise<void> {
  await knex.schema.createTable("queue_locks", (table) => {
    table.integer("id").primary();
  });
  await knex("queue_locks").insert(Array.from({ length: 64 }, (_, id) => ({ id })));
}

function isMysql(knex: Knex): boolean {
  return /mysql/.test(knex.client.dialect);
}

/** Partial indexes: claiming a job never reads or writes index entries of finished jobs. */
const partialIndexes = [
  "create index jobs_ready on jobs (type, sort_order, id) where status = 'pending'",
  "create index jobs_scheduled on jobs (due) where status = 'scheduled'",
  "create index jobs_processing on jobs (type, locked_by) where status = 'processing'",
  `create index jobs_match on jobs (user_id, type)
     where user_id is not null and status in ('pending', 'scheduled')`,
  "create unique index jobs_unique on jobs (unique_key) where unique_key is not null",
  "create index jobs_remove on jobs (remove_at) where remove_at is not null",
];

const fullIndexes = [
  "create index jobs_ready on jobs (status, type, sort_order, id)",
  "create index jobs_scheduled on jobs (status, due)",
  "create index jobs_match on jobs (user_id, type, status)",
  "create unique index jobs_unique on jobs (unique_key)",
  "create index jobs_remove on jobs (remove_at)",
];
