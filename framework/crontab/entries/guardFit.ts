import { LajuError } from "../../config/errors";
import type { Schedule } from "../../schedule/expression/types";
import type { ShellTest } from "./guards";

/** cron's lines end at 998 bytes, and the command needs its share. */
const longestPatterns = 200;

/** A test too long for a line is left out: the command, which decides anyway, then has more to turn down. */
export function fitted(
  schedule: Schedule,
  { portable }: { portable?: boolean },
  tests: readonly ShellTest[],
): readonly ShellTest[] {
  const fitting = tests.filter(({ patterns }) => patterns.join("|").length <= longestPatterns);
  if (!portable || fitting.length === tests.length) return fitting;
  throw new LajuError(`schedule ${JSON.stringify(schedule.text)} is too much for a guard in the crontab`, {
    code: "E_SCHEDULE",
    exitStatus: 2,
    hint: "Split it into several schedules, or let the command decide (without --portable).",
  });
}

/** One look at the clock where the patterns stay short, else one after the other. */
export function joinedTests(times: readonly ShellTest[], days: readonly ShellTest[]): ShellTest[] {
  const [time] = times;
  const [day] = days;
  const match = /^"\$\((.*date) \+(%[^"]*)\)"$/.exec(day?.word ?? "");
  if (!time || !match || time.patterns.length * day.patterns.length > 6) return [...times, ...days];
  const patterns = time.patterns.flatMap((head) => day.patterns.map((tail) => `${head}-${tail}`));
  return [{ word: time.word.replace(/\)"$/, `-${match[2]})"`), patterns }];
}
