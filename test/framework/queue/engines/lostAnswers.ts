import { beforeEach, describe, expect, test } from "vitest";
import type { QueueEngine } from "../../../../framework/queue/engine";
import { handlerOf } from "../../../../framework/queue/handlers";
import { job } from "../../../../framework/queue/job";
import { Worker } from "../../../../framework/queue/worker/worker";
import { until } from "../../../support/servers/server";
import { newJob } from "./conformance";

const noLimits = new Map<string, number>();
const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

type Call = "exchange" | "release" | "takeOver";

/**
 * The same engine, except that the reply to one call is lost, whether or not that call is executed. Reports whether
 * that has happened.
 */
function losing(engine: QueueEngine, call: Call, isMade: boolean) {
  let isLost = false;
  const answerIsLost = async (...given: unknown[]) => {
    const ask = engine[call] as (...given: unknown[]) => Promise<unknown>;
    if (isLost || !isWorthLosing(call, given)) return ask.apply(engine, given);
    isLost = true;
    if (isMade) await ask.apply(engine, given);
    throw reset();
  };
  return { engine: { ...engine, [call]: answerIsLost } as QueueEngine, isLost: () => isLost };
}

/** The same engine, except that one reply is lost. A worker releases no jobs unless an earlier reply was lost. */
function lossyEngine(engine: QueueEngine, call: Call, isMade: boolean) {
  return losing(call === "release" ? losing(engine, "exchange", true).engine : engine, call, isMade);
}

/**
 * False for takeovers from registered workers, which leave no jobs to find, and exchanges without claims, which lose
 * none.
 */
function isWorthLosing(call: Call, given: unknown[]): boolean {
  return call !== "exchange" || (given[0] as { claim: object | null }).claim !== null;
}

/** Tests that each job is done exactly once, no matter which reply is lost. */
export function lostAnswers(given: () => QueueEngine): void {
  describe("when a reply is lost", () => {
    let engine: QueueEngine;
    beforeEach(() => {
      engine = given();
    });

    /** Creates jobs held by an unregistered worker. A worker that starts takes them over and releases them. */
    async function heldByStranger(count: number): Promise<void> {
      await engine.push(Array.from({ length: count }, () => newJob()));
      const claim = { limit: count, limits: noLimits };
      await engine.exchange({ worker: "stranger", settle: [], progress: [], claim });
    }

    async function work(by: QueueEngine, count: number): Promise<number[]> {
      const begun: number[] = [];
      const definition = job("T", { run: (context) => void begun.push(context.job.id) });
      const handlers = new Map([["T", handlerOf("T", { default: definition })]]);
      const worker = new Worker({ engine: by, handlers, concurrency: 5 });
      await worker.start();
      const completed = async () => (await engine.counts()).byState.completed;
      await until(async () => (await completed()) === count, { limit: 10_000, what: "all jobs' completion" });
      worker.stop(1000);
      await worker.ended;
      return begun.sort((a, b) => a - b);
    }

    test.each<[Call, boolean, string]>([
      ["exchange", true, "of a claim that was made"],
      ["exchange", false, "of a claim that was not made"],
      ["release", true, "of a release that was made"],
      ["release", false, "of a release that was not made"],
      ["takeOver", true, "of a takeover that was made"],
      ["takeOver", false, "of a takeover that was not made"],
    ])("%s (made: %s): the jobs are done, and none twice", async (call, isMade) => {
      await heldByStranger(3);
      const lossy = lossyEngine(engine, call, isMade);
      const begun = await work(lossy.engine, 3);
      expect(lossy.isLost()).toBe(true);
      const jobs = await engine.list({ limit: 10 });
      expect(begun).toEqual(jobs.map(({ id }) => id).sort((a, b) => a - b));
      expect(jobs.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    });
  });
}
