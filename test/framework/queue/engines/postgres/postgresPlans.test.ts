import type { Knex } from "knex";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimSql, lookSql, promoteSql } from "../../../../../framework/queue/engines/postgres/claim";
import { completeMany, settleMany } from "../../../../../framework/queue/engines/postgres/settle";
import { postgresSetup } from "../../../../support/queue/postgresSetup";
import { postgresNeed } from "../../../../support/servers/postgres";

const finished = 1_000_000;
const ready = 200_000;
// Hold as many jobs as a real worker does. A few jobs would be found by their ids in any plan.
const batch = 500;
/** The most rows that a plan may read: a batch of each of three types, from which the claim chooses one batch. */
const most = 3 * batch;
const claimTypes = "text, int, text[], int[], int[], bigint[]";
const noPlaces = (types: string[], limits: (number | null)[] = types.map(() => null)) =>
  `array[${types.map((type) => `'${type}'`)}], array[${limits.map(String)}]::int[], array[${types.map(() => -9)}], array[${types.map(() => -1)}]`;

const single = claimSql({ isSeveral: false, isLimited: false });
const several = claimSql({ isSeveral: true, isLimited: false });

/** Each statement with the types of its values, and the values. `IDS` stands for jobs that the worker w holds. */
const statements: [name: string, sql: string, types: string, values: string][] = [
  ["a claim of one type", single, claimTypes, `'w', ${batch}, ${noPlaces(["T1"])}`],
  ["a claim of several types", several, claimTypes, `'w', ${batch}, ${noPlaces(["T0", "T1", "T2"])}`],
  [
    "a claim of a limited type and others",
    claimSql({ isSeveral: true, isLimited: true }),
    claimTypes,
    `'w', ${batch}, ${noPlaces(["T0", "T1", "T2"], [null, 500, null])}`,
  ],
  ["the look at what is ready", lookSql, "", ""],
  ["the promotion of what is due", promoteSql, "", ""],
  [
    "the completion of a batch",
    completeMany,
    "bigint[], int[], text[], text, bigint[], bigint",
    `IDS, array_fill(1, array[${batch}]), array_fill('1'::text, array[${batch}]), 'w', IDS, 0`,
  ],
  ["the settlement of a mixed batch", settleMany, "bigint[], json", `IDS, 'RECORDS'`],
];

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Plan[];
}

describe.skipIf(postgresNeed.skip)(`plans in PostgreSQL${postgresNeed.label}`, () => {
  const setup = postgresSetup();
  beforeAll(async () => {
    await setup.start();
    // Analyze the table while no job is held, so that the planner believes that every locked_by is null.
    await setup.database().raw(`insert into jobs (type, status, due, attempts, created_at, completed_at)
      select 'T' || i % 3, case when i <= ${finished} then 'completed' when i % 100 = 1 then 'scheduled' else 'pending' end,
        case when i % 100 = 1 then i end, 1, i, i from generate_series(1, ${finished + ready}) i`);
    await setup.database().raw("analyze jobs");
    await setup.database().raw(`update jobs set status = 'processing', locked_by = 'w' where id in
      (select id from jobs where status = 'pending' limit ${batch})`);
  });
  afterAll(() => setup.stop());

  for (const mode of ["force_custom_plan", "force_generic_plan"]) {
    test.each(statements)(`%s reads no more than it needs (${mode})`, async (_, sql, types, values) => {
      const nodes = await explained(setup.database(), mode, sql, types, values);
      const scanned = nodes
        .filter((node) => node["Node Type"] === "Seq Scan")
        .map((node) => node["Relation Name"]);
      expect(scanned).not.toContain("jobs");
      const sorts = nodes.filter((node) => node["Node Type"].endsWith("Sort"));
      for (const sort of sorts) expect(sort["Actual Rows"]).toBeLessThanOrEqual(most);
      const touched = nodes.filter((node) => node["Relation Name"] === "jobs");
      expect(touched.length).toBeGreaterThan(0);
      for (const node of touched)
        expect(node["Actual Rows"] * node["Actual Loops"]).toBeLessThanOrEqual(most);
    });
  }

  test("a claim that knows its position reads no finished rows, even while another transaction is open", async () => {
    const database = setup.database();
    const blocksFrom = async (place: number) => {
      const values = `'w', 10, array['T1'], array[null]::int[], array[0], array[${place}]`;
      const mode = "force_custom_plan";
      const [whole] = (await explained(database, mode, single, claimTypes, values)) as [Plan];
      return whole["Shared Hit Blocks"] + whole["Shared Read Blocks"];
    };
    const before = await blocksFrom(-1);
    const held = await database.transaction(undefined, { isolationLevel: "repeatable read" });
    try {
      await held.raw("select from jobs limit 1");
      const { rows } = await database.raw(`with done as (update jobs set status = 'completed' where id in
        (select id from jobs where status = 'pending' and type = 'T1' order by sort_order, id limit 20000) returning id)
        select max(id) as last from done`);
      expect(await blocksFrom(Number(rows[0].last))).toBeLessThan(before + 100);
      // If the claim didn't know its position, it would read every page that has contained finished jobs.
      expect(await blocksFrom(-1)).toBeGreaterThan(before + 500);
    } finally {
      await held.rollback();
    }
  });
});

/** Executes a statement, rolls it back, and returns every node of its plan. */
async function explained(
  database: Knex,
  mode: string,
  sql: string,
  types: string,
  values: string,
): Promise<Plan[]> {
  const undone = new Error("undone");
  let nodes: Plan[] = [];
  await database
    .transaction(async (trx) => {
      await trx.raw(`set local plan_cache_mode = ${mode}`);
      const client = await trx.client.acquireConnection();
      await client.query("deallocate all");
      await client.query(`prepare asked${types && `(${types})`} as ${sql}`);
      const held = await trx("jobs").where({ locked_by: "w" }).pluck("id");
      const records = held.map((id) => ({
        id,
        attempt: 1,
        createdAt: Number(id),
        worker: "w",
        state: "failed",
      }));
      const given =
        types &&
        `(${values.replaceAll("IDS", `array[${held}]`).replace("RECORDS", JSON.stringify(records))})`;
      const { rows } = await client.query(`explain (analyze, buffers, format json) execute asked${given}`);
      nodes = flattened(rows[0]["QUERY PLAN"][0].Plan);
      throw undone;
    })
    .catch((error) => {
      if (error !== undone) throw error;
    });
  return nodes;
}

function flattened(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flattened)];
}
