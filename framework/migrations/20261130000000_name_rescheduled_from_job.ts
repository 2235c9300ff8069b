import type { Knex } from "knex";

// Workers of the previous release still read and write `rescheduled_from`, so keep that column for one more release. No
// transaction, because one would lock the table for as long as it takes to copy a million jobs.
export const config = { transaction: false };

const batchSize = 1000;

export async function up(knex: Knex): Promise<void> {
  // Each step can be repeated, because an interrupted migration starts over.
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
      .limit(batchSize)
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

// Raw SQL, because Knex recreates the whole table in SQLite and loses its partial indexes.
export async function down(knex: Knex): Promise<void> {
  for (const column of ["rescheduled_from_job", "retry_policy"]) {
    if (await knex.schema.hasColumn("jobs", column)) await knex.raw(`alter table jobs drop column ${column}`);
  }
}
