import type { Knex } from "knex";

/**
 * CacheService's table. Drops an existing cache table with other columns (such as one with a column `expiration`),
 * because a cache can be refilled.
 */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable("cache")) {
    if (await knex.schema.hasColumn("cache", "expires_at")) return;
    await knex.schema.dropTable("cache");
  }
  await knex.schema.createTable("cache", (table) => {
    // A string, because a text column can't be a primary key in MySQL.
    table.string("key", 255).primary();
    table.text("value", "longtext").notNullable();
    table.bigInteger("expires_at").notNullable().index();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists("cache");
}
