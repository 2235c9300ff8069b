import { describe, expect, test } from "vitest";
import type { Held } from "../../../../framework/queue/engine";
import { type LocalState, Reconciliation } from "../../../../framework/queue/worker/reconciliation";

const job = (id: number, attempt = 1): Held => ({ id, attempt, createdAt: 1 });

/** What the worker in a test knows about its jobs. Records how the comparison with the store resolves differences. */
function remembering(start: { active?: Held[]; outgoing?: Held[] }) {
  const state = { active: [] as Held[], outgoing: [] as Held[], ...start };
  const abandoned: Held[] = [];
  const returned: Held[] = [];
  let answer = () => {};
  const claims = { answered: Promise.resolve() as Promise<unknown> };
  const memory: LocalState = {
    active: () => state.active,
    outgoing: () => state.outgoing,
    claimsAnswered: () => claims.answered,
    abandon: (jobs) => abandoned.push(...jobs),
    giveBack: (jobs) => returned.push(...jobs),
  };
  const claimUnderWay = () => {
    claims.answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
  };
  return {
    reconciliation: new Reconciliation(memory),
    state,
    abandoned,
    returned,
    claimUnderWay,
    answer: () => answer(),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a worker compares its jobs with the store", () => {
  test("nothing changes if both agree", async () => {
    const worker = remembering({ active: [job(1)], outgoing: [job(2)] });
    worker.reconciliation.begin()([job(1), job(2)]);
    await settled();
    expect([worker.abandoned, worker.returned]).toEqual([[], []]);
  });

  test("a job is aborted if the store says that another worker holds it, or none", () => {
    const worker = remembering({ active: [job(1), job(2)] });
    worker.reconciliation.begin()([job(2)]);
    expect(worker.abandoned).toEqual([job(1)]);
  });

  test("a late reply about one attempt does not abort the next", () => {
    const worker = remembering({ active: [job(1, 1)] });
    const reconcile = worker.reconciliation.begin();
    worker.state.active = [job(1, 2)];
    reconcile([]);
    expect(worker.abandoned).toEqual([]);
  });

  test("a job claimed after the heartbeat was sent is not considered missing", () => {
    const worker = remembering({});
    const reconcile = worker.reconciliation.begin();
    worker.state.active = [job(1)];
    reconcile([]);
    expect(worker.abandoned).toEqual([]);
  });

  test("a job that the worker doesn't know about is returned, with its attempt", async () => {
    const worker = remembering({ active: [job(1, 2)] });
    worker.reconciliation.begin()([job(1, 2), job(1, 3), job(2)]);
    await settled();
    expect(worker.returned).toEqual([job(1, 3), job(2)]);
  });

  test("a job that a pending claim may return is not released", async () => {
    const worker = remembering({});
    worker.claimUnderWay();
    worker.reconciliation.begin()([job(1), job(2)]);
    await settled();
    expect(worker.returned).toEqual([]);
    worker.state.active = [job(1)];
    worker.answer();
    await settled();
    expect(worker.returned).toEqual([job(2)]);
  });

  test("a job that ended while the heartbeat was in flight is not returned", async () => {
    const worker = remembering({ outgoing: [job(1)] });
    const reconcile = worker.reconciliation.begin();
    worker.state.outgoing = [];
    worker.reconciliation.confirmed([job(1)]);
    reconcile([job(1)]);
    await settled();
    expect(worker.returned).toEqual([]);
  });

  test("a heartbeat without a reply does not affect the next one", async () => {
    const worker = remembering({});
    worker.reconciliation.begin();
    worker.reconciliation.cancel();
    worker.reconciliation.begin()([job(1)]);
    await settled();
    expect(worker.returned).toEqual([job(1)]);
  });
});
