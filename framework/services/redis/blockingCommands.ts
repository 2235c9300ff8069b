type Argument = unknown;

/**
 * How long a command can block on the server, in milliseconds: 0 if it doesn't block, Infinity if it has no limit.
 * Covers the commands that Redis flags as "blocking" in its command table; each takes its timeout as an argument.
 */
export function blockingTime(name: string, args: readonly Argument[]): number {
  const limit = limits[name.toLowerCase()]?.(args);
  if (limit === undefined) return 0;
  // Redis rejects an invalid timeout immediately.
  if (!Number.isFinite(limit) || limit < 0) return 0;
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}

/** Reads the timeout from each command's arguments; undefined if this call doesn't block. */
const limits: Record<string, (args: readonly Argument[]) => number | undefined> = {
  blpop: lastSeconds,
  brpop: lastSeconds,
  brpoplpush: lastSeconds,
  blmove: lastSeconds,
  blmovem: (args) => seconds(args[4]),
  blmpop: firstSeconds,
  bzpopmin: lastSeconds,
  bzpopmax: lastSeconds,
  bzmpop: firstSeconds,
  wait: (args) => number(args[1]),
  waitaof: (args) => number(args[2]),
  xread: (args) => blockOption(args, 0),
  // Skip `GROUP name consumer`, because a group may be named "block".
  xreadgroup: (args) => blockOption(args, 3),
};

/** Exported for a test that compares the names with Redis's own command table. */
export const blockingCommandNames = Object.keys(limits);

function lastSeconds(args: readonly Argument[]): number {
  return seconds(args.at(-1));
}

function firstSeconds(args: readonly Argument[]): number {
  return seconds(args[0]);
}

function seconds(argument: Argument): number {
  return number(argument) * 1000;
}

/** Finds `BLOCK milliseconds` among the options. Stops at STREAMS, after which all arguments are keys and ids. */
function blockOption(args: readonly Argument[], start: number): number | undefined {
  for (let index = start; index < args.length; index++) {
    const word = String(args[index]).toLowerCase();
    if (word === "streams") return undefined;
    if (word === "block") return number(args[index + 1]);
  }
  return undefined;
}

function number(argument: Argument): number {
  const text = String(argument);
  return text.trim() === "" ? Number.NaN : Number(text);
}
