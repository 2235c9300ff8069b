import type { Knex } from "knex";

/**
 * The products that commands/SyncExternalData.ts copies from the partner. `sku` is the partner's number; its unique
 * index makes the upsert work.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("products", (table) => {
    table.increments("id");
    table.string("sku", 40).notNullable().unique();
    table.string("name", 200).notNullable();
    table.integer("price_cents").notNullable();
    table.integer("stock").notNullable();
    table.bigInteger("synced_at").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("products");
}
