import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("sessions", (table) => {
    table.string("id", 64).primary();
    table.integer("user_id").unsigned().notNullable().references("users.id").onDelete("CASCADE");
    table.bigInteger("created_at").notNullable();
    table.bigInteger("updated_at").notNullable().index();
  });

  await knex.schema.createTable("tokens", (table) => {
    table.increments("id");
    table.integer("user_id").unsigned().notNullable().references("users.id").onDelete("CASCADE");
    table.string("purpose", 30).notNullable();
    table.string("token_hash", 64).notNullable().unique();
    table.bigInteger("expires_at").notNullable().index();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("tokens");
  await knex.schema.dropTable("sessions");
}
