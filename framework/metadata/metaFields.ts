import { parseDuration } from "../config/duration";
import { LajuError } from "../config/errors";
import { parseSchedule } from "../schedule/expression/expression";
import { checkTimezone } from "../schedule/times/timezoneNames";
import type { CommandMeta } from "./commandMeta";

/**
 * What is wrong with a value: either the end of a sentence that begins with the field's name ("must be a number"), or
 * an error with a complete message.
 */
type Problem = string | LajuError | undefined;
type Check = (value: unknown, commandName: string) => Problem;

/** The check for each field. Other code takes its list of fields from here. */
export const metaFields: Record<keyof CommandMeta, Check> = {
  description: oneLine,
  schedule: (value, name) =>
    [value]
      .flat()
      .map((one) => schedule(one, name))
      .find(Boolean),
  timezone,
  timeout,
  overlap: (value) =>
    ["skip", "wait", "allow"].includes(value as string)
      ? undefined
      : expected('"skip", "wait" or "allow"', value),
  oneServer,
  catchUp: (value) =>
    ["none", "last"].includes(value as string) ? undefined : expected('"none" or "last"', value),
  retries: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100
      ? undefined
      : expected("a whole number from 0 to 100", value),
  retryDelay: duration,
  environments: words,
  enabled: (value) => (typeof value === "boolean" ? undefined : expected("true or false", value)),
  tags: words,
  priority,
  log,
  notify,
  ping: (value) =>
    // Leave the value out of the message, because the path of a ping URL is secret.
    isHttpUrl(value) ? undefined : "must be a URL that starts with http:// or https://",
  options,
};

/** What is wrong with a field's value, if anything, as a sentence that begins with the field's name. */
export function fieldProblem(
  field: keyof CommandMeta,
  value: unknown,
  commandName: string,
): { message: string; hint?: string | undefined } | undefined {
  const problem = metaFields[field](value, commandName);
  if (problem === undefined) return undefined;
  if (typeof problem === "string") return { message: `${field} ${problem}` };
  // Don't repeat the field's name: the error message for a schedule already begins with it.
  const isNamed = problem.message.startsWith(field);
  return { message: isNamed ? problem.message : `${field}: ${problem.message}`, hint: problem.hint };
}

/** Validates metadata that was not read from a source. Throws a LajuError for the first invalid field. */
export function checkMeta(meta: CommandMeta, commandName: string): void {
  for (const [field, value] of Object.entries(meta)) {
    const problem = fieldProblem(field as keyof CommandMeta, value, commandName);
    if (problem) {
      throw new LajuError(problem.message, { code: "E_METADATA", exitStatus: 2, hint: problem.hint });
    }
  }
}

function oneLine(value: unknown): string | undefined {
  if (typeof value !== "string") return expected("a plain string", value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a crontab cannot contain these.
  return /[\x00-\x1f\x7f]/.test(value) ? "must be one line without control characters" : undefined;
}

function schedule(value: unknown, name: string): Problem {
  if (typeof value !== "string") return expected("a plain string", value);
  // Reject line breaks: the parser would read one as a space, but lists show a schedule exactly as it is written.
  if (/[\n\r]/.test(value)) return `must be one line, found ${JSON.stringify(value)}`;
  return problemOf(() => parseSchedule(value, { name }));
}

function duration(value: unknown): Problem {
  if (typeof value !== "string") return expected('a plain string such as "10m"', value);
  return problemOf(() => parseDuration(value));
}

function timeout(value: unknown): Problem {
  if (value === false) return undefined;
  const problem = duration(value);
  if (problem !== undefined || parseDuration(value as string) > 0) return problem;
  return `${JSON.stringify(value)} would end every run immediately; write false for no limit`;
}

/** Rejects folders, because the shell could not append to one and would fail before the command starts. */
function log(value: unknown): string | undefined {
  const isFolder = typeof value === "string" && /(^|\/)\.{0,2}$/.test(value);
  return isFolder ? expected("a file name", value) : oneLine(value);
}

function timezone(value: unknown): Problem {
  if (typeof value !== "string") return expected('a time zone such as "Europe/Berlin"', value);
  return problemOf(() => checkTimezone(value));
}

function words(value: unknown): string | undefined {
  const isWord = (word: unknown) => typeof word === "string" && /^[^\s,]+$/.test(word);
  return isList(value) && value.every(isWord)
    ? undefined
    : expected('a list of words such as ["mail"]', value);
}

function oneServer(value: unknown): string | undefined {
  if (value === true) return undefined;
  const isGood =
    isRecord(value) &&
    Object.keys(value).join() === "whenUnavailable" &&
    ["skip", "fail"].includes(value.whenUnavailable as string);
  return isGood ? undefined : expected('true or { whenUnavailable: "skip" | "fail" }', value);
}

function priority(value: unknown): string | undefined {
  const isWord = typeof value === "string" && /^[\w.:+-]{1,40}$/.test(value);
  return Number.isFinite(value) || isWord ? undefined : expected('a number or a word such as "high"', value);
}

function notify(value: unknown): string | undefined {
  const isChannel = (one: unknown) =>
    one === "mail" || one === "webhook" || (typeof one === "string" && /^[^\s@,<>]+@[^\s@,<>]+$/.test(one));
  const isGood =
    value === false || (isList(value) ? value.length > 0 && value.every(isChannel) : isChannel(value));
  return isGood ? undefined : expected('"mail", "webhook", a mail address, a list of these, or false', value);
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\/\S+$/.test(value) && URL.canParse(value);
}

const optionFields = ["type", "short", "multiple", "default", "description", "sensitive"];

function options(value: unknown): string | undefined {
  if (!isRecord(value)) return expected("an object of options", value);
  for (const [name, spec] of Object.entries(value)) {
    const problem = /^[a-zA-Z][\w-]*$/.test(name) ? option(spec, name) : "is not a valid option name";
    if (problem !== undefined) return `"${name}" ${problem}`;
  }
  return undefined;
}

function option(spec: unknown, name: string): string | undefined {
  if (!isRecord(spec)) return expected('an object such as { type: "string" }', spec);
  const unknown = Object.keys(spec).find((field) => !optionFields.includes(field));
  if (unknown !== undefined) return `has an unknown field "${unknown}", expected ${optionFields.join(", ")}`;
  if (spec.type !== "string" && spec.type !== "boolean") return 'needs type: "string" or "boolean"';
  // `--no-cache` means cache: false, so an option named "no-cache" could never be set.
  if (spec.type === "boolean" && name.startsWith("no-"))
    return `would negate another option: name it "${name.slice(3)}" with default: true`;
  if (spec.short !== undefined && !/^[a-zA-Z0-9]$/.test(String(spec.short)))
    return "short must be one letter";
  if (spec.sensitive !== undefined && typeof spec.sensitive !== "boolean")
    return "sensitive must be true or false";
  if (spec.sensitive === true && spec.type === "boolean") return 'is sensitive, so it needs type: "string"';
  const values = spec.default === undefined ? [] : [spec.default].flat();
  const isGood = values.every((one) => typeof one === spec.type);
  if (isGood && (spec.default === undefined || isList(spec.default) === (spec.multiple === true)))
    return undefined;
  return `default must be a ${spec.type}${spec.multiple ? " list because multiple is set" : ""}`;
}

function problemOf(read: () => unknown): LajuError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof LajuError) return error;
    throw error;
  }
}

function expected(what: string, found: unknown): string {
  return `must be ${what}, found ${JSON.stringify(found)}`;
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isList(value);
}
