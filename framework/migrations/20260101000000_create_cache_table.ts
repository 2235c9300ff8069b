import type { Knex } from "knex";

/** What CacheService keeps. A cache table of another shape (Laju's has `expiration`) is only a cache: it goes. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable("cache")) {
    if (await knex.schema.hasColumn("cache", "expires_at")) return;
    await knex.schema.dropTable("cache");
  }
  await knex.schema.createTable("cache", (table) => {
    // Not text: MySQL can't have a text column as its primary key.
    table.string("key", 255).primary();
    table.text("value", "longtext").notNullable();
    table.bigInteger("expires_at").notNullable().index();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists("cache");
}
