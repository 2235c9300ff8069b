import { setTimeout as pause } from "node:timers/promises";
import type { Knex } from "knex";
import { expect, test } from "vitest";
import type { QueueEngine } from "../../../../framework/queue/engine";
import { newJob } from "./conformance";

/** Tests of claims while another transaction has locked a job, for the engines on SQL servers. */
export function lockedJobConformance(setup: { database(): Knex }, engine: () => QueueEngine): void {
  async function claim(limits: ReadonlyMap<string, number>): Promise<number[]> {
    const request = { worker: "w", settle: [], progress: [], claim: { limit: 10, limits } };
    return (await engine().exchange(request)).claimed.map(({ id }) => id);
  }
  const push = async () => (await engine().push([newJob(), newJob()])).map(({ id }) => id);

  test("a job of a limited type doesn't overtake one that is locked for a moment", async () => {
    const [first] = await push();
    let claiming: Promise<number[]> | undefined;
    let isClaimed = false;
    await setup.database().transaction(async (trx) => {
      await trx("jobs").where({ id: first }).update({ progress: "1" });
      claiming = claim(new Map([["T", 1]])).finally(() => {
        isClaimed = true;
      });
      await pause(300);
      expect(isClaimed).toBe(false);
    });
    expect(await claiming).toEqual([first]);
  });

  test("a job of another type overtakes a locked one", async () => {
    const [first, second] = await push();
    await setup.database().transaction(async (trx) => {
      await trx("jobs").where({ id: first }).update({ progress: "1" });
      expect(await claim(new Map([["Other", 1]]))).toEqual([second]);
    });
  });

  test("a claim of a limited type doesn't wait for an app that is queuing more jobs of that type", async () => {
    const [first] = await push();
    await setup.database().transaction(async (trx) => {
      await trx("jobs").insert({ type: "T", data: "{}", status: "pending" });
      expect(await claim(new Map([["T", 1]]))).toEqual([first]);
    });
  });
}
