import { parseDuration } from "../../config/duration";
import { closest } from "../../text/similar";

/** What a handler may declare beside `run`. */
export const handlerOptions = ["attempts", "backoff", "timeout", "concurrency"] as const;
export type HandlerOption = (typeof handlerOptions)[number];

export function isHandlerOption(name: string): name is HandlerOption {
  return (handlerOptions as readonly string[]).includes(name);
}

/** What other queues call `attempts`, though none of them counts alike. */
const foreignOptions = ["retries", "maxAttempts", "maxRetries"];

/** Whether a value exported beside a plain `run` was meant as an option: `attemps`, `timeOut`, `retries`. */
export function isMistakenOption(name: string): boolean {
  return !isHandlerOption(name) && (meantOption(name) !== undefined || foreignOptions.includes(name));
}

/** The option whose name is most like this one. */
export function meantOption(name: string): HandlerOption | undefined {
  return closest(name, handlerOptions) as HandlerOption | undefined;
}

/** What is wrong with an option's value, and what to write instead; undefined if it is fine. */
export function optionProblem(
  option: HandlerOption,
  value: unknown,
): [what: string, hint: string] | undefined {
  if (value === undefined) return undefined;
  const what = `has ${option} ${typeof value === "string" ? JSON.stringify(value) : String(value)}`;
  if (option === "attempts" || option === "concurrency") {
    return Number.isInteger(value) && (value as number) >= 1
      ? undefined
      : [what, "It is a whole number from 1 up."];
  }
  const milliseconds = durationOf(value);
  if (milliseconds === undefined) return [what, 'It is a duration, such as "30s".'];
  return option === "timeout" && milliseconds === 0 ? [what, "Leave it out for no limit."] : undefined;
}

function durationOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return parseDuration(value);
  } catch {
    return undefined; // The caller says what is wrong, with its place.
  }
}
