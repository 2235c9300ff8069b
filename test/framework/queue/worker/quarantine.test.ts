import { expect, test } from "vitest";
import type { ClaimedJob } from "../../../../framework/queue/engine";
import { Quarantine } from "../../../../framework/queue/worker/quarantine";

const job = (id: number, crashes: number) => ({ id, attempt: 1, crashes }) as ClaimedJob;

test("while a suspect job hangs, other jobs start only after it has run alone for a while", () => {
  const quarantine = new Quarantine();
  expect(quarantine.choose([job(1, 0), job(2, 2)], 0)?.id).toBe(2);
  expect(quarantine.endIfLong(14_999)).toBe(false);
  expect(quarantine.isChosen).toBe(true);
  expect(quarantine.endIfLong(15_000)).toBe(true);
  expect(quarantine.isChosen).toBe(false);
  expect(quarantine.endIfLong(60_000)).toBe(false);
});
