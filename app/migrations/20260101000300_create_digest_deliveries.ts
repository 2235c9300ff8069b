import type { Knex } from "knex";

/** Who got which day's digest: the primary key is what keeps a second run from mailing anyone twice. */
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
