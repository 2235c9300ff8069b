import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("monthly_reports", (table) => {
    table.string("month", 7).primary();
    table.integer("new_users").notNullable();
    table.integer("posts").notNullable();
    table.integer("authors").notNullable();
    table.integer("active_users").notNullable();
    table.bigInteger("created_at").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("monthly_reports");
}
