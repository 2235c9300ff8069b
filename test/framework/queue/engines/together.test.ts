import { expect, test } from "vitest";
import { sqliteQueue } from "../../../support/queue/sqliteQueue";
import { newJob } from "./conformance";

const queue = sqliteQueue();

test("concurrent pushes each get the ids of their own jobs, in order", async () => {
  const pushes = Array.from({ length: 100 }, (_, n) =>
    queue.engine.push(Array.from({ length: 1 + (n % 5) }, () => newJob({ data: String(n) }))),
  );
  const ids = (await Promise.all(pushes)).flat().map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: 300 }, (_, n) => (ids[0] as number) + n));
  const data = (await queue.engine.list({ limit: 300 })).map((job) => job.data).reverse();
  expect(data).toEqual(Array.from({ length: 100 }, (_, n) => Array(1 + (n % 5)).fill(n)).flat());
});

test("a job that cannot be inserted doesn't affect the others", async () => {
  const bad = { ...newJob(), type: null as unknown as string };
  const before = (await queue.engine.counts()).byState.pending;
  const results = await Promise.allSettled([
    queue.engine.push([newJob()]),
    queue.engine.push([bad]),
    queue.engine.push([newJob()]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await queue.engine.counts()).byState.pending).toBe(before + 2);
});
