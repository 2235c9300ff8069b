import type { Knex } from "knex";

/** Which reader got the digest of which day. The primary key prevents a second run from mailing anyone twice. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("digest_deliveries", (table) => {
    table.integer("user_id").unsigned().notNullable().references("users.id").onDelete("CASCADE");
    table.string("day", 10).notNullable();
    table.bigInteger("sent_at").notNullable();
    table.primary(["user_id", "day"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("digest_deliveries");
}
