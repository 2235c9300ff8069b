import { type FieldSpec, fieldSpecs, fiveFields } from "./fieldSpecs";
import { type FieldText, type Gathered, monthDays, plainField, readField, weekDays } from "./fields";
import { foreignForm } from "./foreignForms";
import { macroOf } from "./macros";
import { isPossible, neverFiresError } from "./never";
import { Misspelling, ScheduleError, shown } from "./problems";
import { parseRate } from "./rates";
import type { CalendarSchedule, Schedule } from "./types";

export interface ScheduleContext {
  /** The command's name, which determines the value of `H`. */
  readonly name?: string;
}

/**
 * Parses a schedule: five fields, six (seconds first), a macro, `rate(45 minutes)`, `rate(30 seconds)` or `@every 90m`.
 * Accepts only unambiguous schedules. For anything else, throws a ScheduleError that says what is wrong and where.
 */
export function parseSchedule(text: string, context: ScheduleContext = {}): Schedule {
  try {
    return read(text, context.name ?? "");
  } catch (error) {
    if (!(error instanceof Misspelling)) throw error;
    const suggestion = nearestValid(error, 6);
    throw new ScheduleError(text, error.message, { ...error.problem, suggestion });
  }
}

/**
 * The first valid candidate. Also tries to correct invalid candidates, because an expression often contains more than
 * one mistake.
 */
function nearestValid(misspelling: Misspelling, depth: number): string | undefined {
  if (depth === 0) return undefined;
  for (const candidate of misspelling.candidates) {
    try {
      read(candidate, "");
      return candidate.trim().replace(/\s+/g, " ");
    } catch (error) {
      if (!(error instanceof Misspelling)) throw error;
      const isFurther = error.problem.offset > misspelling.problem.offset;
      const nearest = isFurther ? nearestValid(error, depth - 1) : undefined;
      if (nearest !== undefined) return nearest;
    }
  }
  return undefined;
}

function read(text: string, commandName: string): Schedule {
  const foreign = foreignForm(text);
  if (foreign !== undefined) throw foreign;
  const macro = macroOf(text);
  if (macro === "reboot") return { kind: "reboot", text };
  const rate = macro === undefined ? parseRate(text) : undefined;
  if (rate?.kind === "interval") return { ...rate, text };
  const schedule = readCalendar(macro ?? rate?.fields ?? text, commandName);
  if (!isPossible(schedule)) throw neverFiresError(text, schedule);
  return { ...schedule, text, ...(rate?.cycle && { cycle: rate.cycle }) };
}

function readCalendar(text: string, commandName: string): CalendarSchedule {
  const words = [...text.matchAll(/[^ \t]+/g)].map((match) => ({ text: match[0], offset: match.index }));
  const isCrontabLine = /^[./~$"']|=/.test(words[5]?.text ?? "");
  if ((words.length !== 5 && words.length !== 6) || isCrontabLine) throw wrongCount(text, words);
  const specs: readonly FieldSpec[] = words.length === 6 ? [fieldSpecs.second, ...fiveFields] : fiveFields;
  let hashed = false;
  const gathered = specs.map((spec, index): Readonly<Gathered> => {
    const source: FieldText = { spec, ...words[index], expression: text, commandName };
    const field = readField(source);
    hashed ||= field.hashed;
    return field;
  });
  const [minute, hour, dayOfMonth, month, dayOfWeek] = gathered.slice(-5);
  return {
    kind: "calendar",
    text,
    second: words.length === 6 ? plainField(gathered[0]) : { values: [0], star: false },
    minute: plainField(minute),
    hour: plainField(hour),
    dayOfMonth: monthDays(dayOfMonth),
    month: plainField(month),
    dayOfWeek: weekDays(dayOfWeek),
    hashed,
  };
}

function wrongCount(text: string, words: readonly { text: string; offset: number }[]): Misspelling {
  const count = words.length === 1 ? "1 field" : `${words.length} fields`;
  const kept = words.map((word) => word.text);
  const five = [...kept, "*", "*", "*", "*", "*"].slice(0, 5).join(" ");
  // Quartz's expressions begin with seconds and may end with a year.
  const quartz = kept.length === 7 ? [kept.slice(0, 6).join(" ")] : [];
  return new Misspelling(
    `schedule ${shown(text)} has ${count}, expected 5`,
    {
      offset: 0,
      length: text.length,
      found: count,
      allowed: "minute hour day-of-month month day-of-week",
    },
    kept.length === 0 ? ["0 8 * * *"] : [...fromWords(text), ...quartz, five, "0 8 * * *"],
  );
}

/** Candidates for plain words such as "every 5 minutes" or "daily". */
function fromWords(text: string): string[] {
  const word = text.trim().toLowerCase();
  const every = /^every (\d+ )?(minute|hour|day|week)(s?)$/.exec(word);
  return every ? [`rate(${every[1] ?? "1 "}${every[2]}${every[3]})`] : [`@${word}`];
}
