import { expect } from "vitest";
import { cronFacts } from "../../../framework/host/crons";
import type { RawReader } from "../../../framework/schedule/asWritten/asWritten";
import { explainAsWritten } from "../../../framework/views/explainAsWritten";
import { integer, randomFrom, randomRawFields } from "../crontab/randomSchedules";
import { recordVirtualCron } from "./virtualCron";
import type { OtherDaemon } from "./virtualTime";

const minute = 60_000;
const maxStarts = 60;

/**
 * Checks raw crontab lines, all in one crontab: the daemon must start them when `explain --as-written` says. Leaves out
 * lines that crontab(1) rejects.
 */
export async function expectRawLines(
  reader: Extract<RawReader, "debian" | "busybox">,
  { seed, count, days }: { seed: number; count: number; days: number },
  daemon?: OtherDaemon,
): Promise<void> {
  const random = randomFrom(seed);
  const day = Date.UTC(integer(random, 2024, 2032), integer(random, 0, 11), integer(random, 1, 28));
  // The daemon starts no entries in its own first minute.
  const [from, to] = [new Date(day), new Date(day + days * 1440 * minute)];
  const read = (expression: string) =>
    explainAsWritten(expression, {
      hostTimezone: "UTC",
      from,
      count: maxStarts * days,
      cron: cronFacts(reader),
    });
  const lines = new Map<string, number[]>();
  while (lines.size < count) {
    const expression = randomRawFields(random);
    const { valid, next } = read(expression);
    const starts = next.map((time) => Date.parse(time)).filter((time) => time < to.getTime());
    // Leave out lines that are due every minute: they take the daemon longest and test least.
    if (valid && starts.length < maxStarts * days) lines.set(expression, starts);
  }
  const table = [...lines.keys()].map((expression, index) => `${expression} ${index}`).join("\n");
  const started = new Map<string, number[]>();
  for (const { at, command } of await recordVirtualCron({ table, timezone: "UTC", from, to, daemon })) {
    started.set(command, [...(started.get(command) ?? []), Math.floor(at / 60) * minute]);
  }
  for (const [index, [expression, starts]] of [...lines].entries()) {
    expect([expression, started.get(`${index}`) ?? []]).toEqual([expression, starts]);
  }
}
