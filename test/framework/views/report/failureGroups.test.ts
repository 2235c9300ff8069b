import { expect, test } from "vitest";
import type { BadRun } from "../../../../framework/runs/history/reportRuns";
import { groupFailures } from "../../../../framework/views/report/failureGroups";

let id = 100;
/** Failed runs, newest first. */
function bad(name: string, cause: string, more: Partial<BadRun> = {}): BadRun {
  id -= 1;
  return { id, name, state: "failed", exitStatus: 1, startedAt: id * 1_000, cause, ...more };
}

test("failures that differ only in numbers are one group, even across commands", () => {
  const runs = [
    bad("A", "FetchError: /orders timed out after 30012 ms\n    at run (A.ts:1:2)"),
    bad("B", "FetchError: /orders timed out after 29.5 ms\n    at other (B.ts:3:4)"),
    bad("A", "job 0f8fad5b-d9cb-469f-a165-70867728950e is gone"),
    bad("A", "job 7c9e6679-7425-40de-944b-e07fc1f90ae7 is gone"),
    bad("A", "FetchError: /orders timed out after 30012 ms"),
    bad("A", "", { exitStatus: 3 }),
    bad("A", "", { exitStatus: 4 }),
    bad("A", "", { exitStatus: 3 }),
    bad("A", "took 5 s", { state: "timed_out" }),
    bad("A", "took 5 s"),
  ];
  const groups = groupFailures(runs, { keep: 2, current: new Set() });
  expect(groups.map(({ title, count, varies }) => [title, count, varies])).toEqual([
    ["FetchError: /orders timed out after 30012 ms", 3, true],
    ["job 0f8fad5b-d9cb-469f-a165-70867728950e is gone", 2, true],
    ["failed with exit status 3", 2, false],
    ["failed with exit status 4", 1, false],
    ["took 5 s", 1, false],
    ["took 5 s", 1, false],
  ]);
  const [first] = groups;
  expect([...(first?.commands ?? [])]).toEqual([
    ["A", 2],
    ["B", 1],
  ]);
  expect(first?.newest).toEqual([runs[0]?.id, runs[1]?.id]);
  expect([first?.firstAt, first?.lastAt]).toEqual([runs[4]?.startedAt, runs[0]?.startedAt]);
});

test("current failures come first", () => {
  const runs = [bad("A", "old"), bad("A", "old"), bad("B", "new")];
  const current = new Set([runs[2]?.id as number]);
  expect(groupFailures(runs, { keep: 5, current }).map(({ title, isCurrent }) => [title, isCurrent])).toEqual(
    [
      ["new", true],
      ["old", false],
    ],
  );
});
