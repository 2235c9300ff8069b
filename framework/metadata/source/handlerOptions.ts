import { parseDuration } from "../../config/duration";
import { closest } from "../../text/similar";

/** The options a handler can declare in addition to `run`. */
export const handlerOptions = ["attempts", "backoff", "timeout", "concurrency"] as const;
export type HandlerOption = (typeof handlerOptions)[number];

export function isHandlerOption(name: string): name is HandlerOption {
  return (handlerOptions as readonly string[]).includes(name);
}

/** Other queues' names for `attempts`. Each of these queues counts attempts differently. */
const foreignOptions = ["retries", "maxAttempts", "maxRetries"];

/** Whether a value exported next to `run` was probably meant as an option: `attemps`, `timeOut`, `retries`. */
export function isMistakenOption(name: string): boolean {
  return !isHandlerOption(name) && (meantOption(name) !== undefined || foreignOptions.includes(name));
}

/** The option with the most similar name; undefined if none is similar. */
export function meantOption(name: string): HandlerOption | undefined {
  return closest(name, handlerOptions) as HandlerOption | undefined;
}

/** What is wrong with an option's value, and how to fix it; undefined if the value is valid. */
export function optionProblem(
  option: HandlerOption,
  value: unknown,
): [what: string, hint: string] | undefined {
  if (value === undefined) return undefined;
  const what = `has ${option} ${typeof value === "string" ? JSON.stringify(value) : String(value)}`;
  if (option === "attempts" || option === "concurrency") {
    return Number.isInteger(value) && (value as number) >= 1
      ? undefined
      : [what, "It must be a whole number of at least 1."];
  }
  const milliseconds = durationOf(value);
  if (milliseconds === undefined) return [what, 'It must be a duration, such as "30s".'];
  return option === "timeout" && milliseconds === 0 ? [what, "Leave it out for no limit."] : undefined;
}

function durationOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return parseDuration(value);
  } catch {
    return undefined; // The value is not a duration. The caller reports that, with the position.
  }
}
