import { expect } from "vitest";
import { parseSchedule } from "../../../framework/schedule/expression/expression";
import { canonicalFields } from "../crontab/canonicalFields";
import { integer, pick, randomCronFields, randomFrom } from "../crontab/randomSchedules";
import { changesOf, distinct, minuteMilliseconds, predicted, type Range } from "./ranges";
import { recordVirtualCron, recordVirtualCrons } from "./virtualCron";

type Random = () => number;

const dayMilliseconds = 86_400_000;

/** Checks random expressions, all in one crontab, for twelve days somewhere within nine years. */
export async function expectRandomExpressions(seed: number, count: number): Promise<void> {
  const random = randomFrom(seed);
  const expressions = distinctExpressions(count, random);
  const day = Date.UTC(integer(random, 2024, 2032), integer(random, 0, 11), integer(random, 1, 28));
  const range: Range = [new Date(day), new Date(day + 12 * dayMilliseconds)];
  // Install each expression as written, and every fourth one also as laju would write it.
  const lines = expressions.flatMap((expression, index) => {
    const canonical = canonicalFields(parseSchedule(expression));
    return [`${expression} ${index}`, ...(index % 4 === 0 ? [`${canonical} canonical ${index}`] : [])];
  });
  const [from, to] = range;
  const minutes = minutesByCommand(
    await recordVirtualCron({ table: lines.join("\n"), timezone: "UTC", from, to }),
  );
  for (const [index, expression] of expressions.entries()) {
    const expected = predicted(parseSchedule(expression), "UTC", range);
    expect([expression, minutes.get(`${index}`) ?? []]).toEqual([expression, expected]);
    if (index % 4 > 0) continue;
    expect([expression, minutes.get(`canonical ${index}`) ?? []]).toEqual([expression, expected]);
  }
}

/**
 * Checks expressions around a zone's clock changes. Each has its own daemon, because the jobs that a daemon makes up
 * for delay others.
 */
export async function expectClockChanges(timezone: string, count: number): Promise<void> {
  const random = randomFrom(77);
  for (const change of changesOf(timezone, 2026)) {
    const from = new Date((change - 200) * minuteMilliseconds);
    const to = new Date((change + 300) * minuteMilliseconds);
    const expressions = Array.from({ length: count }, () => expressionNear(hourOf(change, timezone), random));
    const tables = expressions.map((expression) => `${expression} job`);
    const all = await recordVirtualCrons(tables, { timezone, from, to });
    for (const [index, expression] of expressions.entries()) {
      const minutes = distinct((all[index] ?? []).map(({ at }) => Math.floor(at / 60)));
      const expected = predicted(parseSchedule(expression), timezone, [from, to]);
      expect([timezone, expression, minutes]).toEqual([timezone, expression, expected]);
    }
  }
}

function distinctExpressions(count: number, random: Random): string[] {
  const expressions = new Set<string>();
  while (expressions.size < count) {
    const expression = randomCronFields(random);
    if (canFire(expression)) expressions.add(expression);
  }
  return [...expressions];
}

function canFire(expression: string): boolean {
  try {
    parseSchedule(expression);
    return true;
  } catch (error) {
    expect(String(error)).toContain("never fires");
    return false;
  }
}

function minutesByCommand(started: readonly { at: number; command: string }[]): Map<string, number[]> {
  const minutes = new Map<string, number[]>();
  for (const { at, command } of started) {
    minutes.set(command, [...(minutes.get(command) ?? []), Math.floor(at / 60)]);
  }
  return minutes;
}

/** The hour that a clock would show at the time of the change if it did not change. */
function hourOf(change: number, timezone: string): number {
  const options = { timeZone: timezone, hour: "numeric", hourCycle: "h23" } as const;
  return (
    (Number(new Intl.DateTimeFormat("en-US", options).format((change - 1) * minuteMilliseconds)) + 1) % 24
  );
}

function expressionNear(hour: number, random: Random): string {
  const near = () => (hour + integer(random, -1, 2) + 24) % 24;
  const minute = () => integer(random, 0, 59);
  return pick(random, [
    () => `${minute()} ${near()} * * *`,
    () => `${minute()},${minute()},${minute()} ${near()},${near()} * * *`,
    () => `0-59 ${near()} * * *`,
    () => `0-59/${integer(random, 2, 40)} 0-23 * * *`,
    () => `*/${integer(random, 2, 40)} ${near()} * * *`,
    () => `${minute()} */${integer(random, 1, 5)} * * *`,
    () => `${minute()} * * * *`,
  ])();
}
