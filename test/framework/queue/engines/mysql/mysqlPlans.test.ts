import { describe, expect, test } from "vitest";
import { type Held, heldOf } from "../../../../../framework/queue/engine";
import { headSql, nextTypeSql, orderSql } from "../../../../../framework/queue/engines/mysql/claim";
import { mysqlSetup } from "../../../../support/queue/mysqlSetup";
import { openedEngine } from "../../../../support/queue/openedEngine";
import { mysqlNeed } from "../../../../support/servers/mysql";

const place = [0, 100_500, 0];

describe.skipIf(mysqlNeed.skip)(`plans in MySQL${mysqlNeed.label}`, () => {
  const setup = mysqlSetup();
  const engine = openedEngine(setup);

  test("a claim reads its index without sorting, with many finished and many ready jobs", async () => {
    const database = setup.database();
    await database.raw(`insert into jobs (type, status, due, created_at, completed_at)
      select concat('T', seq % 3), if(seq <= 100000, 'completed', if(seq % 100 = 1, 'scheduled', 'pending')),
        if(seq % 100 = 1, seq, null), seq, seq from seq_1_to_120000`);
    await database.raw("analyze table jobs");
    for (const [sql, values] of [
      [headSql(true), ["T1", ...place, 20]],
      [orderSql, ["T1", ...place, 20]],
      [nextTypeSql, ["T0"]],
    ] as const) {
      const [plan] = await database.raw(`explain ${sql}`, [...values]);
      expect(plan).toHaveLength(1);
      for (const { type, key, Extra } of plan) {
        expect({ type, key }).toEqual({ type: "range", key: "jobs_ready" });
        expect(Extra).not.toMatch(/filesort|temporary/);
      }
    }
    const readRows = async () => {
      const [rows] = await database.raw("show global status like 'Handler_read_%'");
      return rows.reduce((sum: number, { Value }: { Value: string }) => sum + Number(Value), 0);
    };
    const before = await readRows();
    expect(await claim(20)).toHaveLength(20);
    // The first claim also promotes jobs that have become due (200 of them).
    expect((await readRows()) - before).toBeLessThan(5000);
  });

  test("a claim reads no finished rows, even while another transaction is open", async () => {
    const database = setup.database();
    await database.raw(`insert into jobs (type, status, created_at)
      select 'T', 'pending', seq from seq_1_to_30000`);
    const held = await database.transaction(undefined, { isolationLevel: "repeatable read" });
    try {
      await held.raw("select 1 from jobs limit 1");
      for (let done = 0; done < 20_000; done += 500) await complete(await claim(500));
      const [asked] = (await statementsOf(() => claim(1))).filter((sql) => sql.endsWith("skip locked"));
      expect(asked).toMatch(/id > \d{5}/);
      expect(await pagesOf(asked as string)).toBeLessThan(15);
      // If the claim didn't know its position, it would read every page that has contained finished jobs.
      const fromStart = (asked as string).replace(/id > \d+/, "id > 0");
      expect(await pagesOf(fromStart)).toBeGreaterThan(30);
    } finally {
      await held.rollback();
    }
  });

  async function claim(limit: number) {
    const request = { limit, limits: new Map<string, number>() };
    return (await engine().exchange({ worker: "w", settle: [], progress: [], claim: request })).claimed;
  }

  async function complete(jobs: readonly Held[]): Promise<void> {
    const settle = jobs.map((job) => ({
      ...heldOf(job),
      state: "completed" as const,
      result: null,
    }));
    await engine().exchange({ worker: "w", settle, progress: [], claim: null });
  }

  /** Returns the statements that the server received during `work`, in order. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const database = setup.database();
    await database.raw("set global log_output = 'TABLE', global general_log = 1");
    await work();
    await database.raw("set global general_log = 0");
    const [rows] = await database.raw(
      "select convert(argument using utf8mb4) as sql_ from mysql.general_log",
    );
    return rows.map(({ sql_ }: { sql_: string }) => sql_);
  }

  /** Returns the number of pages that InnoDB reads for a statement. */
  async function pagesOf(sql: string): Promise<number> {
    const [[row]] = await setup.database().raw(`analyze format=json ${sql}`);
    return Number(/"pages_accessed": (\d+)/.exec(row.ANALYZE)?.[1]);
  }
});
