import { expect, test } from "vitest";
import type { Run } from "../../../framework/runs/ledger/run";
import { inRunOrder, type RunOrder, usualRunOrder } from "../../../framework/views/runOrder";

const run = (id: number, name: string, state: Run["state"]) => ({ id, name, state }) as Run;
const newestFirst = [
  run(6, "Sync", "succeeded"),
  run(5, "Bill", "lost"),
  run(4, "Gone", "succeeded"),
  run(3, "Sync", "failed"),
  run(2, "Bill", "running"),
  run(1, "Mail", "timed_out"),
];
const starts = new Map([
  ["Mail", 1_000],
  ["Bill", 2_000],
  ["Sync", 2_000],
]);

test.each<[order: RunOrder, ids: number[]]>([
  ["newest", [6, 5, 4, 3, 2, 1]],
  ["failed", [5, 3, 1, 6, 4, 2]],
  ["name", [5, 2, 4, 1, 6, 3]],
  ["next", [1, 5, 2, 6, 3, 4]],
])("runs in the order %s", (order, ids) => {
  expect(inRunOrder(newestFirst, order, () => starts).map(({ id }) => id)).toEqual(ids);
});

test("failed runs come first for several commands, and a single command's runs are ordered by time", () => {
  expect(usualRunOrder(newestFirst)).toBe("failed");
  expect(usualRunOrder(newestFirst.filter(({ name }) => name === "Sync"))).toBe("newest");
  expect(usualRunOrder([])).toBe("newest");
});
