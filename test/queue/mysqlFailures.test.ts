import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClaimedJob, QueueEngine } from "../../app/queue/engine";
import { headSql, nextTypeSql } from "../../app/queue/engines/mysql/claim";
import { mysqlNeed } from "../support/mysql";
import { mysqlSetup } from "../support/queue/mysqlSetup";
import { until } from "../support/server";
import { newJob } from "./conformance";
import { troubleConformance } from "./troubleConformance";

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => troubleConformance(mysqlSetup()));

describe.skipIf(mysqlNeed.skip)(`the queue on MySQL beside others${mysqlNeed.label}`, () => {
  const setup = mysqlSetup();
  let engine: QueueEngine;
  beforeAll(async () => {
    await setup.start();
    engine = await setup.open();
  });
  beforeEach(() => setup.clear());
  afterAll(async () => {
    await engine?.close();
    await setup.stop();
  });

  test("a settlement that the server ended for a deadlock is done again", async () => {
    await engine.push(Array.from({ length: 200 }, () => newJob()));
    const claim = { limit: 2, limits: new Map() };
    const { claimed } = await engine.exchange({ worker: "w", settle: [], progress: [], claim });
    const [first, second] = claimed as [ClaimedJob, ClaimedJob];
    const settle = claimed.map(({ id, attempt }) => ({
      id,
      attempt,
      state: "completed" as const,
      result: null,
    }));
    const deadlocks = async () => {
      const [rows] = await setup.database().raw("show global status like 'Innodb_deadlocks'");
      return Number(rows[0].Value);
    };
    const before = await deadlocks();
    let settling: Promise<{ lost: number[] }> | undefined;
    await setup.database().transaction(async (trx) => {
      // The one that has changed more stays.
      await trx("jobs").where("id", ">", second.id).update({ progress: "1" });
      await trx("jobs").where({ id: second.id }).update({ progress: "1" });
      settling = engine.exchange({ worker: "w", settle, progress: [], claim: null });
      await until(() => isWaiting(), { what: "the settlement's wait for the lock" });
      await trx("jobs").where({ id: first.id }).update({ progress: "1" });
    });
    expect(await settling).toMatchObject({ lost: [] });
    expect(await deadlocks()).toBeGreaterThan(before);
    expect((await engine.counts()).byState).toMatchObject({ completed: 2, pending: 198 });
  });

  /** Not from information_schema.innodb_trx: whoever reads that more often than each 0.1 s gets the same answer for ever. */
  async function isWaiting(): Promise<boolean> {
    const [rows] = await setup.database().raw("show engine innodb status");
    return rows[0].Status.includes("LOCK WAIT");
  }

  test("a claim is read from its index, unsorted, with many finished and many ready", async () => {
    await setup.database().raw(`insert into jobs (type, status, due, created_at, completed_at)
      select concat('T', seq % 3), if(seq <= 100000, 'completed', if(seq % 100 = 1, 'scheduled', 'pending')),
        if(seq % 100 = 1, seq, null), seq, seq from seq_1_to_120000`);
    await setup.database().raw("analyze table jobs");
    for (const [sql, values] of [
      [headSql, ["T1", 20]],
      [nextTypeSql, ["T0"]],
    ] as const) {
      const [plan] = await setup.database().raw(`explain ${sql}`, [...values]);
      const read = plan.filter(({ table }: { table: string | null }) => table === "jobs" || table === "j");
      expect(read.length).toBeGreaterThan(0);
      for (const { key, Extra } of read) {
        expect(key).toMatch(/^jobs_(ready|scheduled)$/);
        expect(Extra).not.toMatch(/filesort|temporary/);
      }
    }
    const database = setup.database();
    const readRows = async () => {
      const [rows] = await database.raw("show global status like 'Handler_read_%'");
      return rows.reduce((sum: number, { Value }: { Value: string }) => sum + Number(Value), 0);
    };
    const before = await readRows();
    const claim = { limit: 20, limits: new Map() };
    const { claimed } = await engine.exchange({ worker: "w", settle: [], progress: [], claim });
    expect(claimed).toHaveLength(20);
    // The first claim promotes what has become due (200 of them) as well.
    expect((await readRows()) - before).toBeLessThan(5000);
  });
});
