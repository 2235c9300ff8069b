import { describe, expect, test } from "vitest";
import { claimQueries } from "../../../../../framework/queue/engines/sqlite/claim";
import { sqliteQueue } from "../../../../support/queue/sqliteQueue";
import { newJob } from "../conformance";

describe("the jobs table in SQLite", () => {
  const queue = sqliteQueue();

  test("a custom worker loop finds what it needs", async () => {
    const database = queue.open();
    const insert = "insert into jobs (type, data, status, created_at) values (?, ?, 'pending', ?)";
    for (const n of [1, 2]) database.prepare(insert).run("email", JSON.stringify({ n }), Date.now());
    await queue.engine.push([newJob({ type: "email", data: '{"n":3}' })]);
    const next = "select * from jobs where status = 'pending' order by created_at limit 1";
    const seen: number[] = [];
    for (;;) {
      const job = database.prepare<[], { id: number; data: string }>(next).get();
      if (job === undefined) break;
      database.prepare("update jobs set status = 'processing' where id = ?").run(job.id);
      seen.push(JSON.parse(job.data).n);
      const done = "update jobs set status = 'completed', completed_at = ? where id = ?";
      database.prepare(done).run(Date.now(), job.id);
    }
    database.close();
    expect(seen.sort()).toEqual([1, 2, 3]);
    expect((await queue.engine.counts()).byState).toMatchObject({ completed: 3, pending: 0 });
    expect(await queue.engine.holders()).toEqual([]);
  });

  test("claims read their indexes without sorting, with many finished and many ready jobs", () => {
    const database = queue.open();
    database.exec(`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000)
      insert into jobs (type, status, due, created_at, completed_at)
      select 'T' || (i % 3), case when i % 5 = 0 then 'pending' when i % 100 = 1 then 'scheduled' else 'completed' end,
        i, i, i from n;
      analyze;`);
    const planOf = (sql: string) =>
      database
        .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
        .all(...(sql.match(/\?/g) ?? []).map(() => 1))
        .map(({ detail }) => detail);
    const plans = Object.values(claimQueries).map(planOf);
    database.close();
    for (const plan of plans) {
      expect(plan.join("\n")).not.toMatch(/TEMP B-TREE|SCAN jobs$/m);
      expect(plan.join("\n")).toMatch(/COVERING INDEX jobs_(ready|scheduled)/);
    }
  });
});
