import type { Knex } from "knex";

// Times are milliseconds in a bigint, as Date.now() returns them, because SQLite, PostgreSQL and MySQL all store them
// alike.

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("users", (table) => {
    table.increments("id");
    table.string("name", 100).notNullable();
    table.string("email", 190).notNullable().unique();
    table.string("role", 20).notNullable().defaultTo("member");
    table.boolean("wants_digest").notNullable().defaultTo(false);
    table.bigInteger("created_at").notNullable();
  });

  await knex.schema.createTable("posts", (table) => {
    table.increments("id");
    table.integer("user_id").unsigned().notNullable().references("users.id").onDelete("CASCADE");
    table.string("title", 200).notNullable();
    table.text("body").notNullable();
    table.string("status", 20).notNullable().defaultTo("draft");
    table.bigInteger("published_at");
    table.bigInteger("created_at").notNullable();
    table.index(["status", "published_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("posts");
  await knex.schema.dropTable("users");
}
