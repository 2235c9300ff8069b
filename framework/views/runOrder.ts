import { readCatalog } from "../catalog/catalog";
import { nextStart } from "../catalog/nextStarts";
import { installedCommands } from "../crontab/install/installed/commands";
import { installedFor } from "../crontab/install/needs";
import { hostClock } from "../host/hostClock";
import { hasFailed, type Run } from "../runs/ledger/run";
import { oneOf } from "./rowOrder";

const orders = ["failed", "newest", "next", "name"] as const;
export type RunOrder = (typeof orders)[number];

export const runSortOption = {
  sort: {
    type: "string",
    value: "order",
    choices: orders,
    description: "failed (failed runs first), newest, next (by the command's next start) or name",
  },
} as const;

/** Parses `--sort` of `runs`; undefined if it was not given. Throws a LajuError for an unknown order. */
export function parseRunOrder(text: string | undefined): RunOrder | undefined {
  return text === undefined ? undefined : oneOf(orders, text);
}

/** The default order: failed runs first, except for the runs of a single command, which are in order of time. */
export function usualRunOrder(runs: readonly Run[]): RunOrder {
  return runs.some(({ name }) => name !== runs[0]?.name) ? "failed" : "newest";
}

/** Sorts runs that are given newest first; equal runs stay newest first. */
export function inRunOrder(
  runs: readonly Run[],
  order: RunOrder,
  startsOf: () => ReadonlyMap<string, number> = nextStarts,
): Run[] {
  switch (order) {
    case "newest":
      return [...runs];
    case "failed":
      return [...runs].sort((a, b) => Number(hasFailed(b)) - Number(hasFailed(a)));
    case "name":
      return [...runs].sort(byName);
    case "next":
      return byNextStart(runs, startsOf());
  }
}

function byName(a: Run, b: Run): number {
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

/** Sorts by each command's next start on this host. Runs of commands that this host does not start come last. */
function byNextStart(runs: readonly Run[], starts: ReadonlyMap<string, number>): Run[] {
  const startOf = ({ name }: Run) => starts.get(name) ?? Number.MAX_SAFE_INTEGER;
  return [...runs].sort((a, b) => startOf(a) - startOf(b) || byName(a, b));
}

/** When each command starts next on this host, in milliseconds since the epoch. */
function nextStarts(): Map<string, number> {
  const clock = hostClock();
  const here = { environment: installedFor(), isInstalled: installedCommands() };
  return new Map(
    readCatalog().commands.flatMap((command) => {
      const next = nextStart(command, clock, here);
      return next === undefined ? [] : [[command.name, next.getTime()] as const];
    }),
  );
}
