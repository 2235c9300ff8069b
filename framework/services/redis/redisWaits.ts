type Argument = unknown;

/**
 * How long a command may wait at the server on purpose, in milliseconds: 0 for one that doesn't wait, Infinity for one
 * without a limit. Redis marks these commands "blocking" in its command table, and each says in an argument how long.
 */
export function waitOf(name: string, args: readonly Argument[]): number {
  const limit = limits[name.toLowerCase()]?.(args);
  if (limit === undefined) return 0;
  // Redis refuses what is no number, at once.
  if (!Number.isFinite(limit) || limit < 0) return 0;
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}

/** Where each has its limit; undefined: it doesn't wait this time. */
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
  // GROUP name consumer: a group may be called "block".
  xreadgroup: (args) => blockOption(args, 3),
};

/** Those that wait, for comparing with Redis's own table. */
export const waitingCommands = Object.keys(limits);

function lastSeconds(args: readonly Argument[]): number {
  return seconds(args.at(-1));
}

function firstSeconds(args: readonly Argument[]): number {
  return seconds(args[0]);
}

function seconds(argument: Argument): number {
  return number(argument) * 1000;
}

/** `BLOCK milliseconds` among the options; what follows STREAMS are keys. */
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
