import type { Knex } from "knex";

// Workers of the release before go on reading and writing `rescheduled_from`: it stays for one release.
// Without a transaction: a table with a million jobs would be locked for as long as they are copied.
export const config = { transaction: false };

const portion = 1000;

export async function up(knex: Knex): Promise<void> {
  // Each step can be repeated: a migration that was interrupted starts over.
  if (!(await knex.schema.hasColumn("jobs", "rescheduled_from_job")))
    await knex.schema.alterTable("jobs", (table) => void table.bigInteger("rescheduled_from_job"));
  if (!(await knex.schema.hasColumn("jobs", "retry_policy")))
    await knex.schema.alterTable("jobs", (table) => void table.string("retry_policy", 16));
  for (let after = 0; ; ) {
    const rows: { id: number }[] = await knex("jobs")
      .where("id", ">", after)
      .whereNotNull("rescheduled_from")
      .whereNull("rescheduled_from_job")
      .orderBy("id")
      .limit(portion)
      .select("id");
    const last = rows.at(-1);
    if (last === undefined) return;
    const ids = rows.map(({ id }) => id);
    await knex("jobs")
      .whereIn("id", ids)
      .update({ rescheduled_from_job: knex.ref("rescheduled_from") });
    after = last.id;
  }
}

// Not by Knex, which makes the whole table anew in SQLite and loses its partial indexes.
export async function down(knex: Knex): Promise<void> {
  for (const column of ["rescheduled_from_job", "retry_policy"]) {
    if (await knex.schema.hasColumn("jobs", column)) await knex.raw(`alter table jobs drop column ${column}`);
  }
}
