import { expect, test } from "vitest";
import type { ClaimedJob, ClaimRequest } from "../../../../../framework/queue/engine";
import { claimedJob, nothingRare } from "../../../../../framework/queue/engines/claimedJob";
import type { Connection } from "../../../../../framework/queue/engines/server/connection";
import { type Cursor, start } from "../../../../../framework/queue/engines/server/dialect";
import { Claims } from "../../../../../framework/queue/engines/server/jobStore";

const request: ClaimRequest = { limit: 2, limits: new Map() };
const refuse = () => Promise.reject(new Error("nothing is to be asked here"));
const connection: Connection = { query: refuse, isCurrent: refuse };

/** The job ids that the database returns for consecutive claims. If undefined, the claim fails. */
function claimsOf(...answers: (number[] | undefined)[]) {
  const asked: (Cursor | "look")[] = [];
  const claims = new Claims({
    async look() {
      asked.push("look");
      return { positions: new Map([["T", start]]), nextDueIn: null, now: Date.now() };
    },
    async take(_connection, _worker, _request, positions) {
      asked.push(positions.get("T") as Cursor);
      const ids = answers.shift();
      if (ids === undefined) throw new Error("deadlock");
      return ids.map(jobOf);
    },
  });
  const claim = async () => {
    const { claimed, nextDueIn } = await claims.claim(connection, "w", request);
    return { ids: claimed.map(({ id }) => id), nextDueIn };
  };
  return { asked, claim };
}

const jobOf = (id: number): ClaimedJob => claimedJob([id, 1, "T", null, null, null, 0], nothingRare);

test("a claim continues where the last one ended", async () => {
  const { claim, asked } = claimsOf([5, 6], [8, 7], [9, 10]);
  for (const ids of [
    [5, 6],
    [7, 8],
    [9, 10],
  ])
    expect(await claim()).toMatchObject({ ids });
  expect(asked).toEqual(["look", start, [0, 6], [0, 8]]);
});

test("reports an empty queue only after searching from the start of the table", async () => {
  const { claim, asked } = claimsOf([5, 6], [], [3]);
  await claim();
  expect(await claim()).toEqual({ ids: [3], nextDueIn: null });
  expect(asked).toEqual(["look", start, [0, 6], "look", start]);
});

test("returns claimed jobs even if the search for more fails, and claims again immediately", async () => {
  const { claim } = claimsOf([5, 6], [7], undefined, undefined);
  await claim();
  expect(await claim()).toEqual({ ids: [7], nextDueIn: 0 });
  await expect(claim()).rejects.toThrow("deadlock");
});
