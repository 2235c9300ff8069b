import { parseDuration } from "../config/duration";
import { LajuError } from "../config/errors";
import type { NewJob } from "./engine";
import { encode } from "./payload";

/** How to queue a job. */
export interface PushOptions {
  /** Don't run the job before this time: a Date, or milliseconds since the epoch. */
  due?: Date | number;
  /** How long to wait before the job may run: milliseconds, or a string such as "90s". Not together with `due`. */
  delay?: number | string;
  /** The user to whom the job belongs. 0 is the system. */
  userId?: number;
  /** A whole number. Jobs with a higher priority start first (default 0). */
  priority?: number;
  /** While an unfinished job of this type has the same key, `push` returns that job instead of adding one. */
  unique?: string;
  /** How long after its success the job is deleted: milliseconds, or a string such as "1d". */
  removeDelay?: number | string;
}

/** Checks and encodes a job for an engine. Throws a LajuError if something is invalid. */
export function newJob(type: string, data: unknown, options: PushOptions = {}): NewJob {
  const { userId, priority = 0, unique, removeDelay } = options;
  const job: NewJob = {
    type: checkedType(type),
    userId: userId === undefined ? null : wholeNumber(userId, "userId"),
    data: encode(data, "data"),
    priority: wholeNumber(priority, "priority"),
  };
  const when = whenOf(options);
  if (when !== undefined) job.when = when;
  if (unique !== undefined) job.uniqueKey = uniqueKeyOf(type, unique);
  if (removeDelay !== undefined) job.removeDelay = duration(removeDelay, "removeDelay");
  return job;
}

function checkedType(type: unknown): string {
  if (typeof type === "string" && /^\S(.{0,188}\S)?$/u.test(type) && isText(type)) return type;
  throw wrong(
    `the type of a job is ${shown(type)}, which is not valid`,
    "It must be the name of a file in app/jobs, with 1 to 190 characters.",
  );
}

function whenOf({ due, delay }: PushOptions): NewJob["when"] {
  if (due !== undefined && delay !== undefined) {
    throw wrong(
      "a job has both due and delay",
      "Give only one of them: when the job is due, or how long from now.",
    );
  }
  if (delay !== undefined) {
    const wait = duration(delay, "delay");
    return wait === 0 ? undefined : { in: wait };
  }
  return due === undefined ? undefined : { at: moment(due) };
}

/** Converts a due time to milliseconds since the epoch. */
export function moment(due: Date | number): number {
  const time = due instanceof Date ? due.getTime() : due;
  if (typeof time === "number" && Math.abs(time) <= 8.64e15) return Math.round(time);
  throw wrong(`due is ${shown(due)}, which is not a time`, "Give a Date, or milliseconds since the epoch.");
}

/** A duration in milliseconds. Throws if it is negative or not a duration. */
export function duration(value: number | string, name: string): number {
  const milliseconds = typeof value === "string" ? parseDuration(value) : value;
  if (typeof milliseconds === "number" && milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER / 2) {
    return Math.round(milliseconds);
  }
  throw wrong(
    `${name} is ${shown(value)}, which is not a duration`,
    'Give milliseconds (0 or more), or a text such as "90s".',
  );
}

export function wholeNumber(value: number, name: string): number {
  if (Number.isInteger(value) && Math.abs(value) <= 2_147_483_647) return value;
  throw wrong(
    `${name} is ${shown(value)}, which is not valid`,
    "It must be a whole number of at most 2147483647.",
  );
}

function uniqueKeyOf(type: string, unique: unknown): string {
  const isKey = typeof unique === "string" && unique.length >= 1 && unique.length <= 200;
  if (isKey && isText(unique)) return `${type}:${unique}`;
  throw wrong(
    `unique is ${shown(unique)}, which is not valid`,
    "It must be a text of 1 to 200 characters without NUL.",
  );
}

/** Rejects lone surrogates, which databases cannot distinguish, and NUL, which PostgreSQL does not accept. */
function isText(value: string): boolean {
  return !/\p{Surrogate}|\0/u.test(value);
}

function shown(value: unknown): string {
  if (value instanceof Date) return "an invalid Date";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
}

function wrong(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_JOB", hint });
}
