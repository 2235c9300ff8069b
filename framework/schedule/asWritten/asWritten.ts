import { LajuError } from "../../config/errors";
import { macros } from "../expression/macros";
import { type CalendarSchedule, noDayForms } from "../expression/types";
import { readBusyBox } from "./busybox";
import type { AsWritten, RawFields } from "./rawFields";
import { readVixie } from "./vixie";

/** The crons whose parsers laju reproduces exactly. */
export const rawReaders = ["debian", "cronie", "busybox"] as const;
export type RawReader = (typeof rawReaders)[number];

/** Parses the fields at the beginning of a line exactly as this daemon does. Ignores the command after them. */
export function readAsWritten(text: string, reader: RawReader): AsWritten {
  const line = text.replace(/^[ \t]+/, "");
  const words = line.split(/[ \t]+/).filter((word) => word !== "");
  if (line.startsWith("@")) return readMacro(words[0] as string, reader);
  const read = reader === "busybox" ? readBusyBox(line, words) : readVixie(words, reader);
  return "kind" in read ? read : calendarOf(text, read);
}

function readMacro(word: string, reader: RawReader): AsWritten {
  if (reader === "busybox") {
    return {
      kind: "refused",
      reason: "BusyBox crond (Debian's 1.35.0) crashes on a line that begins with @",
    };
  }
  const fields = Object.hasOwn(macros, word) ? (macros[word] as string) : undefined;
  if (fields === "reboot") return { kind: "reboot" };
  return fields === undefined
    ? { kind: "refused", reason: "bad time specifier" }
    : readAsWritten(fields, reader);
}

function calendarOf(text: string, { minute, hour, dayOfMonth, month, dayOfWeek }: RawFields): AsWritten {
  const empty = Object.entries({ minute, hour, month }).find(([, { values }]) => values.length === 0);
  const hasNoDay = dayOfMonth.values.length === 0 && dayOfWeek.values.length === 0;
  const isBoth = dayOfMonth.star || dayOfWeek.star;
  const isDayless = isBoth ? dayOfMonth.values.length * dayOfWeek.values.length === 0 : hasNoDay;
  if (empty !== undefined || isDayless) {
    return { kind: "never", reason: `no ${empty === undefined ? "day" : empty[0]} matches` };
  }
  const schedule: CalendarSchedule = {
    kind: "calendar",
    text,
    second: { values: [0], star: false },
    minute,
    hour,
    month,
    dayOfMonth: { ...dayOfMonth, ...noDayForms.dayOfMonth },
    dayOfWeek: { ...dayOfWeek, ...noDayForms.dayOfWeek },
    hashed: false,
  };
  return { kind: "calendar", schedule };
}

/** Checks the cron given with --as-written. */
export function rawReaderOf(name: string): RawReader {
  const reader = rawReaders.find((one) => one === name);
  if (reader !== undefined) return reader;
  throw new LajuError(`laju does not know exactly how ${name} parses fields`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: `--as-written works with --cron ${rawReaders.join(", ")}.`,
  });
}
