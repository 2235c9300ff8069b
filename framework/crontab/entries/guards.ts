import { LajuError } from "../../config/errors";
import type { Schedule } from "../../schedule/expression/types";

/** A check in the shell before the command starts: a value, and the patterns that let it pass. */
export interface ShellTest {
  /** A shell word, such as `"$(date +%u)"`. */
  readonly word: string;
  readonly patterns: readonly string[];
}

/**
 * The guard of a crontab line, up to the command; ` ;; esac` closes it. Every test but the last exits the shell if it
 * fails. Uses `case` instead of `[ … ] &&`, because a failed `[` would exit with a status that looks like a failed
 * command.
 */
export function guardText(tests: readonly ShellTest[]): string | undefined {
  const last = tests.at(-1);
  if (!last) return undefined;
  const earlier = tests.slice(0, -1).map((test) => `${opening(test)};; *) exit;; esac; `);
  return earlier.join("") + opening(last);
}

function opening({ word, patterns }: ShellTest): string {
  return `case ${word} in ${patterns.join("|")})`;
}

/**
 * Guards name programs by path and set the time zone themselves, because a PATH=… or TZ=… line above the block applies
 * to them too. These paths are the same on Debian, Fedora, Alpine, macOS and the BSDs.
 */
export const date = "/bin/date";
export const sleep = "/bin/sleep";

/** The shell command for `date`, in a time zone or on the system's clock. */
export function dateCommand(timezone: string | undefined): string {
  return `TZ=${timezone ?? ":/etc/localtime"} ${date}`;
}

/**
 * The epoch seconds of this hour on today's local date, interpreted as UTC. The neutral form also works with BusyBox's
 * date, and gives the same result whether cron or the shell removes the backslash from `\%`.
 */
export function todayInSeconds(timezone: string | undefined, hour: "00:00" | "12:00", isNeutral = false) {
  const today = `$(${dateCommand(timezone)} +%F)`;
  if (isNeutral) return `$(${date} -u -d "${today} ${hour}" +%s)`;
  return `$(${date} -d "${today} UTC" +%s)`;
}

/**
 * The remainder of a division. The neutral form avoids `%`: where cron leaves `\%` to the shell, `$(( ))` would keep the
 * backslash.
 */
export function remainder(number: string, divisor: number, isNeutral = false): string {
  return isNeutral ? `$(( (n = ${number}) - n / ${divisor} * ${divisor} ))` : `$(( ${number} % ${divisor} ))`;
}

/** cron accepts at most 998 bytes per line, and the command itself needs most of them. */
const longestPatterns = 200;

/**
 * Returns only the tests that are short enough for a line. Omitting a test is safe because the command checks the time
 * too. In a portable line the command doesn't, so this throws instead.
 */
export function fitted(
  schedule: Schedule,
  { portable }: { portable?: boolean },
  tests: readonly ShellTest[],
): readonly ShellTest[] {
  const fitting = tests.filter(({ patterns }) => patterns.join("|").length <= longestPatterns);
  if (!portable || fitting.length === tests.length) return fitting;
  throw new LajuError(`schedule ${JSON.stringify(schedule.text)} is too complex for a guard in the crontab`, {
    code: "E_SCHEDULE",
    exitStatus: 2,
    hint: "Split the schedule into several, or have the command check the time itself (leave out --portable).",
  });
}

/** Joins both tests into a single call of `date` if the patterns stay short, and otherwise runs one after the other. */
export function joinedTests(times: readonly ShellTest[], days: readonly ShellTest[]): ShellTest[] {
  const [time] = times;
  const [day] = days;
  const match = /^"\$\((.*date) \+(%[^"]*)\)"$/.exec(day?.word ?? "");
  if (!time || !match || time.patterns.length * day.patterns.length > 6) return [...times, ...days];
  const patterns = time.patterns.flatMap((head) => day.patterns.map((tail) => `${head}-${tail}`));
  return [{ word: time.word.replace(/\)"$/, `-${match[2]})"`), patterns }];
}
