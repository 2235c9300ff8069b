import { expect, test } from "vitest";
import { entryId } from "../../../framework/schedule/expression/entryId";
import { parseSchedule } from "../../../framework/schedule/expression/expression";
import { overriddenStart } from "../../../framework/start/overriddenStart";
import type { CompiledFacts } from "../../../framework/start/startCompiled";

const facts: CompiledFacts = { name: "LastDay", schedule: ["0 0 1 * *"], overlap: "skip" };
const id = (schedule: string, timezone?: string) => entryId(parseSchedule(schedule), timezone);

test("a command follows the deployment's schedule", () => {
  const { decide } = overriddenStart({ facts }, { schedule: "0 0 L * *", timezone: "Asia/Tokyo" });
  const lastMidnight = new Date("2027-01-30T15:00:00Z");
  expect(decide?.(id("0 0 L * *", "Asia/Tokyo"), lastMidnight)).toEqual({
    kind: "due",
    slot: lastMidnight.getTime(),
  });
  expect(decide?.(id("0 0 L * *", "Asia/Tokyo"), new Date("2027-01-29T15:00:00Z"))).toEqual({
    kind: "not due",
  });
  expect(decide?.(id("0 0 L * *"), lastMidnight)).toEqual({ kind: "unknown entry" });
});

test("entries of the original schedule remain valid until the crontab is reinstalled", () => {
  const { decide } = overriddenStart({ facts }, { schedule: "0 0 L * *" });
  expect(decide?.(id("0 0 1 * *"), new Date(2027, 0, 15))).toEqual({ kind: "not due" });
});

test("fields that are not overridden stay the same, as does the decision", () => {
  const decide = () => ({ kind: "not due" }) as const;
  expect(overriddenStart({ facts, decide }, { timeout: "90s", overlap: "wait" })).toEqual({
    facts: { ...facts, timeout: "90s", timeoutMs: 90_000, overlap: "wait" },
    decide,
  });
});

test("an invalid override is rejected by name", () => {
  expect(() => overriddenStart({ facts }, { timeot: "1s" })).toThrow('unknown field "timeot"');
  expect(() => overriddenStart({ facts }, ["timeout"])).toThrow('unknown field "0"');
  expect(() => overriddenStart({ facts }, null)).toThrow("the override of LastDay must be an object");
});
