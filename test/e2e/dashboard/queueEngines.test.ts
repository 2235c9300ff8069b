import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NewJob, QueueEngine } from "../../../framework/queue/engine";
import { makeApp, type TestApp } from "../../support/apps/app";
import { formTokenIn, type Serving, serveApp, signedIn } from "../../support/dashboard/serving";
import { bullSetup } from "../../support/queue/bullSetup";
import { mysqlSetup } from "../../support/queue/mysqlSetup";
import { postgresSetup } from "../../support/queue/postgresSetup";
import { sqliteSetup } from "../../support/queue/sqliteSetup";
import { until } from "../../support/servers/server";

const job = (type: string, more: Partial<NewJob> = {}): NewJob => ({
  ...{ type, userId: null, data: "{}", priority: 0 },
  ...more,
});

let app: TestApp;
beforeAll(async () => {
  app = makeApp({
    "app/jobs/Mail.ts": 'import { job } from "laju/job";\nexport default job({ async handle() {} });\n',
  });
  await app.laju("build");
});
afterAll(() => app.remove());

describe.each([
  ["SQLite", sqliteSetup],
  ["PostgreSQL", postgresSetup],
  ["MySQL", mysqlSetup],
  ["BullMQ", bullSetup],
] as const)("the queue pages on %s", (_name, makeSetup) => {
  const setup = makeSetup();
  let engine: QueueEngine;
  let serving: Serving;
  let get: Awaited<ReturnType<typeof signedIn>>;
  let ids: number[];

  beforeAll(async () => {
    await setup.start();
    engine = await setup.open();
    ids = await fill(engine);
    serving = await serveApp(app, { env: setup.environment() });
    get = await signedIn(serving);
    // A page waits only three seconds for the queue's server, which may not be enough on a busy machine.
    await until(async () => (await page("queue")).includes("Over time"), { what: "the queue" });
  });
  afterAll(async () => {
    await serving?.stop();
    await engine?.close();
    await setup.stop();
  });

  const page = async (path: string) => (await get(path)).text();

  /** Does what a visitor does who clicks a button and confirms. */
  async function act(action: string, query: string): Promise<string> {
    const token = formTokenIn(await page(`do/${action}?${query}`));
    const answer = await get(`do/${action}?${query}`, {
      method: "POST",
      body: new URLSearchParams({ token }),
    });
    expect([action, answer.status]).toEqual([action, 303]);
    const location = answer.headers.get("location") ?? "";
    return page(new URL(location, new URL(`do/${action}`, serving.base)).href);
  }

  test("counts every job of the last hour and day, not only the newest thousand", async () => {
    for (const span of ["hour", "day"]) {
      const text = await page(`queue?over=${span}`);
      expect(text).toContain(`All jobs: 1,200 completed and 60 failed in the last ${span}`);
      expect(text).toContain(`Mail: 1,200 completed and 40 failed in the last ${span}`);
      expect(text).toContain("4.8%");
    }
  });

  test("shows the workers' jobs, how long the oldest job has waited, and failed jobs by error", async () => {
    const text = await page("queue");
    expect(text).toMatch(/web-1, pid 4182[\s\S]*>5 jobs<\/a><span class="more">Mail<\/span>/);
    expect(text).toMatch(/data-for title="[^"]+">\d+s<\/time>/);
    expect(text).toMatch(
      /60×<\/b> <span>Error: mailbox # is full<\/span>|60×<\/b> <span>Error: mailbox \d+ is full/,
    );
    expect(await page("queue/jobs?state=leased&worker=w1")).toMatch(/Progress of job \d+"><\/progress> 40%/);
  });

  test("retries and cancels one job or several", async () => {
    const [first, second, third] = ids as [number, number, number];
    expect(await act("retry", `job=${first}`)).toContain("Queued again: job");
    expect((await engine.find(first))?.state).toBe("pending");
    expect(await act("cancel", `job=${first}`)).toContain(`job ${first}`);
    expect((await engine.find(first))?.state).toBe("cancelled");
    expect(await act("retry", `job=${second}&job=${third}`)).toContain("Queued again: 2 jobs");
    await act("cancel", `job=${second}&job=${third}`);
    const states = [(await engine.find(second))?.state, (await engine.find(third))?.state];
    expect(states).toEqual(["cancelled", "cancelled"]);
    expect(await page("queue")).toMatch(/retried jobs of Mail/);
  });

  test("pauses and resumes one type or all", async () => {
    expect(await act("pause-type", "type=Mail")).toContain("Paused Mail.");
    expect(await engine.paused()).toEqual(["Mail"]);
    await act("resume-type", "type=Mail");
    await act("pause-type", "type=*");
    expect(await engine.paused()).toEqual(["*"]);
    await act("resume-type", "type=*");
    expect(await engine.paused()).toEqual([]);
  });
});

/** Adds 1,200 completed, 60 failed, 5 running and 3 ready jobs. Returns the ids of three failed ones. */
async function fill(engine: QueueEngine): Promise<number[]> {
  const worker = { id: "w1", host: "web-1", pid: 4182, identity: null, concurrency: 9, leaseMs: 600_000 };
  await engine.register(worker);
  const failing = Array.from({ length: 60 }, (_, n) => job(n < 40 ? "Mail" : "Resize"));
  await engine.push([...failing, ...Array.from({ length: 1_205 }, () => job("Mail"))]);
  const { claimed } = await claim(1_265);
  const failed = claimed.slice(0, 60);
  await engine.exchange({
    ...{
      worker: worker.id,
      claim: null,
      progress: claimed.slice(1_260).map((held) => ({ ...held, value: "40" })),
    },
    settle: claimed
      .slice(0, 1_260)
      .map((held, n) =>
        n < 60
          ? { ...held, state: "failed", error: `Error: mailbox ${n} is full` }
          : { ...held, state: "completed", result: null },
      ),
  });
  await engine.push(Array.from({ length: 3 }, () => job("Mail")));
  return failed.slice(0, 3).map(({ id }) => id);

  async function claim(limit: number) {
    const all = [];
    while (all.length < limit) {
      const some = { limit: limit - all.length, limits: new Map<string, number>() };
      const { claimed } = await engine.exchange({ worker: worker.id, settle: [], progress: [], claim: some });
      if (claimed.length === 0) throw new Error(`only ${all.length} jobs could be claimed`);
      all.push(...claimed);
    }
    return { claimed: all };
  }
}
