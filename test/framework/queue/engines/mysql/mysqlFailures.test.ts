import { describe, expect, test } from "vitest";
import { type ClaimedJob, heldOf } from "../../../../../framework/queue/engine";
import { mysqlSetup } from "../../../../support/queue/mysqlSetup";
import { openedEngine } from "../../../../support/queue/openedEngine";
import { workerProcesses } from "../../../../support/queue/workerProcess";
import { mysqlNeed } from "../../../../support/servers/mysql";
import { until } from "../../../../support/servers/server";
import { newJob } from "../conformance";
import { lockedJobConformance } from "../lockedJob";
import { troubleConformance } from "../troubleConformance";

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => troubleConformance(mysqlSetup()));

describe.skipIf(mysqlNeed.skip)(`the queue on MySQL with concurrent clients${mysqlNeed.label}`, () => {
  const setup = mysqlSetup();
  const engine = openedEngine(setup);

  lockedJobConformance(setup, engine);

  test("repeats a settlement that the server rolled back for a deadlock", async () => {
    await engine().push(Array.from({ length: 200 }, () => newJob()));
    const claim = { limit: 2, limits: new Map() };
    const { claimed } = await engine().exchange({ worker: "w", settle: [], progress: [], claim });
    const [first, second] = claimed as [ClaimedJob, ClaimedJob];
    const settle = claimed.map((job) => ({
      ...heldOf(job),
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
      // Of two deadlocked transactions, InnoDB rolls back the one that has changed fewer rows.
      await trx("jobs").where("id", ">", second.id).update({ progress: "1" });
      await trx("jobs").where({ id: second.id }).update({ progress: "1" });
      settling = engine().exchange({ worker: "w", settle, progress: [], claim: null });
      await until(() => isWaiting(), { what: "the settlement's wait for the lock" });
      await trx("jobs").where({ id: first.id }).update({ progress: "1" });
    });
    expect(await settling).toMatchObject({ lost: [] });
    expect(await deadlocks()).toBeGreaterThan(before);
    expect((await engine().counts()).byState).toMatchObject({ completed: 2, pending: 198 });
  });

  // If only the lease counted, one host after another would take over the job, run it and be blocked by it.
  test.skipIf(process.getuid?.() !== 0)(
    "a job that blocks its worker beyond the lease stays there, and workers on other hosts continue",
    async () => {
      const workers = workerProcesses(setup.folder, setup.environment());
      try {
        const started = [1, 2, 3, 4].map((n) => workers.start({ leaseMs: 1000 }, `host${n}`));
        await until(async () => (await engine().holders()).length === 4);
        const [blocking] = await engine().push([newJob({ type: "Blocking", data: '{"ms":6000}' })]);
        const id = blocking?.id as number;
        await until(() => workers.traces().length === 1);
        await engine().push(Array.from({ length: 6 }, () => newJob({ type: "Quick" })));
        const completed = async () => (await engine().counts()).byState.completed;
        await until(async () => (await completed()) === 6, { limit: 5500 });
        await until(async () => (await completed()) === 7);
        expect(workers.traces().filter((line) => line.startsWith("Blocking"))).toEqual([
          `Blocking ${id} 1 begun`,
          `Blocking ${id} 1 done`,
        ]);
        expect(started.map(({ output }) => output()).join("")).not.toMatch(/Lost the lease|taken over/);
      } finally {
        await workers.reset();
      }
    },
  );

  /** Doesn't use information_schema.innodb_trx, which returns stale rows if it is read more often than every 0.1 s. */
  async function isWaiting(): Promise<boolean> {
    const [rows] = await setup.database().raw("show engine innodb status");
    return rows[0].Status.includes("LOCK WAIT");
  }
});
