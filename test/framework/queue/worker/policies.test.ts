import { describe, expect, test } from "vitest";
import { LajuError } from "../../../../framework/config/errors";
import type { ClaimedJob } from "../../../../framework/queue/engine";
import type { Handler } from "../../../../framework/queue/handlers";
import { newJob } from "../../../../framework/queue/newJob";
import { encode } from "../../../../framework/queue/payload";
import { configuredJob, cronJob } from "../../../../framework/queue/scheduling";
import {
  backoffDelay,
  type Ending,
  longestBackoff,
  settlementOf,
} from "../../../../framework/queue/worker/attempt/ending";

const now = Date.UTC(2026, 2, 10, 8);

describe("back-off", () => {
  test.each([
    [1, 1000, 1000],
    [2, 1000, 2000],
    [5, 1000, 16_000],
    [40, 1000, longestBackoff],
    [9, 7_200_000, 7_200_000],
  ])("after failure %i with %i ms", (failures, base, expected) => {
    expect(backoffDelay(failures, base, () => 0.5)).toBe(expected);
    expect(backoffDelay(failures, base, () => 0)).toBe(expected * 0.75);
    expect(backoffDelay(failures, base, () => 0.999_999)).toBeLessThanOrEqual(expected * 1.25);
  });
});

describe("payloads", () => {
  const circle: Record<string, unknown> = { list: [{}] };
  (circle.list as object[]).push(circle);
  test.each([
    ["a BigInt", { a: [{ total: 3n }] }, "data.a[0].total cannot be queued: it is a BigInt"],
    ["a circle", circle, "data.list[1] cannot be queued: it contains itself"],
    ["a function", { next: { call() {} } }, "data.next.call cannot be queued: it is a function"],
    ["NaN", { "odd key": Number.NaN }, 'data["odd key"] cannot be queued: it is NaN'],
    ["a symbol", Symbol("x"), "data cannot be queued: it is a symbol"],
    ["too much", "x".repeat(17_000_000), "data has 17000002 characters of JSON, but the limit is 16000000"],
  ])("%s is rejected with its path", (_, value, message) => {
    expect(() => encode(value, "data")).toThrow(expect.objectContaining({ name: "LajuError", message }));
  });

  test.each([
    [undefined, "null"],
    [{ when: new Date(0), no: undefined }, '{"when":"1970-01-01T00:00:00.000Z"}'],
    [{ twice: [now, now] }, `{"twice":[${now},${now}]}`],
    ["x".repeat(10_000_000), `"${"x".repeat(10_000_000)}"`],
  ])("values that JSON can represent are kept", (value, text) => {
    expect(encode(value, "data") === text).toBe(true);
  });
});

describe("bad input is rejected when it is queued", () => {
  test.each([
    [() => newJob("", 1), 'the type of a job is ""'],
    [() => newJob("a".repeat(191), 1), "the type of a job is"],
    [() => newJob("T", 1, { delay: -1 }), "delay is -1, which is not a duration"],
    [() => newJob("T", 1, { delay: "soon" }), '"soon" is not a duration'],
    [() => newJob("T", 1, { due: new Date("never") }), "due is an invalid Date, which is not a time"],
    [() => newJob("T", 1, { due: new Date(), delay: 5 }), "a job has both due and delay"],
    [() => newJob("T", 1, { priority: 1.5 }), "priority is 1.5, which is not valid"],
    [() => newJob("T", 1, { unique: "" }), 'unique is ""'],
    [() => newJob("T", 1, { removeDelay: Number.NaN }), "removeDelay is NaN"],
    [() => configuredJob({ type: "T", userId: "3" as never }), 'userId is "3"'],
    [() => cronJob({ type: "T", userId: 0 }, "0 8 * *"), "has 4 fields, expected 5"],
    [() => cronJob({ type: "T", userId: 0 }, "@reboot"), 'the schedule "@reboot" of T never fires'],
    [() => cronJob({ type: "T", userId: 0 }, "0 8 * * *", "Mars/Base"), "Mars/Base"],
  ])("%#", (make, message) => {
    expect(make).toThrow(LajuError);
    expect(make).toThrow(message);
  });

  test.each([
    ["in its own zone", "0 2 * * *", "Asia/Tokyo", "2026-03-10T08:00Z", "2026-03-10T17:00Z"],
    ["on the day that lacks an hour", "0 8 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T06:00Z"],
    ["on the day with one more", "0 8 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T07:00Z"],
    ["in the hour that is left out", "30 2 * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T01:00Z"],
    ["once in a repeated hour", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:31Z", "2026-10-26T01:30Z"],
    ["in the next leap year", "0 0 29 2 *", "UTC", "2026-03-10T08:00Z", "2028-02-29T00:00Z"],
  ])("a cron job is due at its next time, %s", (_, expression, timezone, from, due) => {
    const { when, cron } = cronJob({ type: "T", userId: 0 }, expression, timezone, Date.parse(from));
    expect(when).toEqual({ at: Date.parse(due) });
    expect(cron).toEqual({ expression, timezone });
  });
});

describe("the outcome of a job", () => {
  const handler: Handler = {
    attempts: 3,
    backoffMs: 1000,
    timeoutMs: null,
    concurrency: null,
    run: () => {},
  };
  const claimed: ClaimedJob = {
    id: 5,
    attempt: 1,
    type: "T",
    userId: 3,
    data: '{"a":1}',
    createdAt: now,
    spent: 0,
    crashes: 0,
    priority: 2,
    due: null,
    cron: null,
    retryPolicy: null,
    rescheduleDelay: null,
    rescheduledFromJob: null,
    removeDelay: 60,
  };
  const ends = (job: Partial<ClaimedJob>, ending: Ending, by: Handler | undefined = handler) =>
    settlementOf({ ...claimed, ...job }, by, ending, { now: () => now, random: () => 0.5 });
  const threw: Ending = { kind: "threw", error: "no" };
  const nightly = { expression: "0 2 * * *", timezone: "UTC" };
  const follower = {
    type: "T",
    userId: 3,
    data: '{"a":1}',
    priority: 2,
    rescheduledFromJob: 5,
    removeDelay: 60,
  };

  test.each<[string, Partial<ClaimedJob>, Ending, object]>([
    ["done", {}, { kind: "returned", result: [1] }, { state: "completed", result: "[1]" }],
    ["done, with nothing to tell", {}, { kind: "returned", result: undefined }, { result: null }],
    ["failed first", {}, threw, { state: "retry", delay: 1000, error: "threw no" }],
    ["failed again", { attempt: 2 }, threw, { state: "retry", delay: 2000 }],
    ["failed for the last time", { attempt: 3 }, threw, { state: "failed" }],
    [
      "failed after it was queued again by hand",
      { attempt: 4, spent: 3 },
      threw,
      { state: "retry", delay: 1000 },
    ],
    ["its worker died", {}, { kind: "crashed", error: "dead" }, { state: "retry", delay: 0 }],
    ["its worker died too often", { attempt: 3 }, { kind: "crashed", error: "dead" }, { state: "failed" }],
    ["it could not be run", {}, { kind: "refused", error: "no handler" }, { state: "failed" }],
  ])("%s", (_, job, ending, expected) => {
    const settlement = ends(job, ending);
    expect(settlement).toMatchObject({ id: 5, ...expected });
    expect(settlement).not.toHaveProperty("next");
  });

  test.each<[string, Partial<ClaimedJob>, Ending]>([
    ["done", {}, { kind: "returned", result: 1 }],
    ["failed", { attempt: 3 }, threw],
    ["refused", {}, { kind: "refused", error: "x" }],
    ["crashed", { attempt: 3 }, { kind: "crashed", error: "x" }],
  ])("a cron job has its next run when it is %s", (_, job, ending) => {
    expect(ends({ ...job, cron: nightly }, ending)).toMatchObject({
      next: { ...follower, cron: nightly, when: { at: Date.UTC(2026, 2, 11, 2) } },
    });
  });

  test.each<[string, Partial<ClaimedJob>, Ending, object]>([
    ["done", {}, { kind: "returned", result: 1 }, { state: "completed", result: "1" }],
    ["failed", { attempt: 3 }, threw, { state: "failed" }],
    ["to be retried", {}, threw, { state: "retry" }],
  ])("a cron job %s whose time zone this Node doesn't know is settled", (_, job, ending, expected) => {
    const lunar = { expression: "0 2 * * *", timezone: "Luna/Tycho" };
    const settlement = ends({ ...job, cron: lunar }, ending);
    expect(settlement).toMatchObject(expected);
    if (settlement.state === "retry") return;
    expect(settlement.next).toEqual({ ...follower, cron: lunar, when: { at: Date.UTC(2026, 2, 11, 2) } });
    expect(settlement.error).toContain("in UTC: this Node.js version does not know the time zone Luna/Tycho");
  });

  test("a cron job doesn't run twice for the same time after the clock is set back", () => {
    const minutely = { expression: "* * * * *", timezone: "UTC" };
    const settlement = ends({ cron: minutely, due: now + 3000 }, { kind: "returned", result: 1 });
    expect(settlement).toMatchObject({ next: { when: { at: now + 60_000 } } });
    const exact = ends({ cron: minutely, due: now + 60_000 }, { kind: "returned", result: 1 });
    expect(exact).toMatchObject({ next: { when: { at: now + 120_000 } } });
  });

  test("a cron job with an invalid expression is settled, and its error says that there is no next run", () => {
    const broken = { expression: "99 * * * *", timezone: "Luna/Tycho" };
    const settlement = ends({ cron: broken }, { kind: "returned", result: 1 });
    expect(settlement).toMatchObject({ state: "completed", result: "1" });
    expect(settlement.error).toContain('no next run is scheduled: cannot read "99 * * * *"');
    expect(settlement).not.toHaveProperty("next");
  });

  test("a cron job is not retried if its next run is due first", () => {
    const minutely = { expression: "* * * * *", timezone: "UTC" };
    const slow = { ...handler, backoffMs: 120_000 };
    expect(ends({ cron: minutely }, threw, slow)).toMatchObject({
      state: "failed",
      next: { when: { at: now + 60_000 } },
    });
    expect(ends({ cron: nightly }, threw, slow)).toMatchObject({ state: "retry" });
  });

  const silent = { ...handler, attempts: null };
  test.each<[string, Partial<ClaimedJob>, Handler, number]>([
    ["pushed, and the handler declares three", { retryPolicy: null }, handler, 3],
    ["pushed, and the handler says nothing", { retryPolicy: null }, silent, 3],
    ["scheduled, and the handler declares three", { retryPolicy: "handler" }, handler, 3],
    ["scheduled, and the handler says nothing", { retryPolicy: "handler" }, silent, 1],
    ["never to be retried, and the handler declares three", { retryPolicy: "never" }, handler, 1],
    ["never to be retried, and the handler says nothing", { retryPolicy: "never" }, silent, 1],
  ])("%s: attempts", (_, job, by, attempts) => {
    const states = [1, 2, 3, 4].map((attempt) => ends({ ...job, attempt }, threw, by).state);
    expect(states.indexOf("failed") + 1).toBe(attempts);
    const again = { ...job, spent: 5, attempt: 6 };
    expect(ends(again, threw, by).state).toBe(attempts === 1 ? "failed" : "retry");
  });

  test("autoRescheduleOnFailure queues a new job after the last attempt, with the same delay each time", () => {
    const scheduled = configuredJob({ type: "T", userId: 3, autoRescheduleOnFailure: true });
    expect(scheduled).toMatchObject({ retryPolicy: "handler", rescheduleDelay: 10_000 });
    const fails = (job: Partial<ClaimedJob>) =>
      ends({ retryPolicy: "handler", rescheduleDelay: 60_000, ...job }, threw);
    expect(fails({ attempt: 2 })).toMatchObject({ state: "retry" });
    const next = { ...follower, retryPolicy: "handler", rescheduleDelay: 60_000, when: { in: 60_000 } };
    expect(fails({ attempt: 3 })).toMatchObject({ state: "failed", next });
    expect(fails({ attempt: 3, rescheduledFromJob: 4 })).toMatchObject({ state: "failed", next });
    expect(fails({ attempt: 3, rescheduleDelay: 0 })).toMatchObject({ next: { when: { in: 0 } } });
  });

  test("autoRescheduleOnFailure repeats a cron job after its delay, then continues its schedule", () => {
    const minutely = { expression: "* * * * *", timezone: "UTC" };
    const job = { cron: minutely, rescheduleDelay: 90_000, retryPolicy: "handler" } as const;
    expect(ends({ ...job, attempt: 3 }, threw)).toMatchObject({
      state: "failed",
      next: { ...follower, ...job, when: { in: 90_000 } },
    });
    expect(ends({ ...job, attempt: 1 }, threw)).toMatchObject({ state: "retry" });
    expect(ends(job, { kind: "returned", result: 1 })).toMatchObject({
      next: { ...follower, ...job, when: { at: now + 60_000 } },
    });
  });

  test.each([
    [{}, { retryPolicy: "handler" }],
    [{ autoRescheduleOnFailureDelay: 5 }, { retryPolicy: "handler" }],
    [
      { autoRescheduleOnFailure: false, autoRescheduleOnFailureDelay: 5, removeDelay: 0 },
      { retryPolicy: "never", removeDelay: 0 },
    ],
    [
      { autoRescheduleOnFailure: true, autoRescheduleOnFailureDelay: 2000 },
      { retryPolicy: "handler", rescheduleDelay: 2000 },
    ],
  ])("%o is queued as %o", (config, expected) => {
    const job = configuredJob({ type: "T", userId: 3, ...config });
    expect(job).toEqual({ type: "T", userId: 3, data: "{}", priority: 0, ...expected });
    expect(cronJob({ type: "T", userId: 3, ...config }, "0 2 * * *", "UTC")).toMatchObject(expected);
  });

  test("a result that is not JSON is an error, but the job is completed", () => {
    expect(ends({}, { kind: "returned", result: { n: 1n } })).toMatchObject({
      state: "completed",
      result: null,
      error: expect.stringContaining("result.n cannot be stored: it is a BigInt"),
    });
  });
});
