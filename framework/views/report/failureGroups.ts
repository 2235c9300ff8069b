import type { BadRun } from "../../runs/history/reportRuns";
import { failureReason } from "../../runs/history/runText";
import { printableLine } from "../../text/printable";

/** Failures with the same cause, possibly of several commands. */
export interface FailureGroup {
  /** The message of the newest failure. */
  title: string;
  /** Whether the failures' messages differ in their numbers. */
  varies: boolean;
  count: number;
  /** The number of failures of each command. */
  commands: Map<string, number>;
  firstAt: number;
  lastAt: number;
  /** The ids of the newest runs in the group. */
  newest: number[];
  /** Whether the group contains the last failure of a command that needs attention now. */
  isCurrent: boolean;
}

/** Groups `runs`, given newest first. Current failures come first, then the most frequent ones. */
export function groupFailures(
  runs: Iterable<BadRun>,
  { keep, current }: { keep: number; current: ReadonlySet<number> },
): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const run of runs) {
    const title = titleOf(run);
    const key = keyOf(run, title);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, newGroup(run, title, current));
    else addTo(group, run, { title, keep, current });
  }
  return [...groups.values()].sort(
    (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.count - a.count || b.lastAt - a.lastAt,
  );
}

function titleOf({ cause, state, exitStatus }: BadRun): string {
  const [line = ""] = cause.trim().split("\n", 1);
  return printableLine(line) || failureReason({ state, exitStatus, error: null });
}

/** The key of a failure's group. Ignores numbers, which differ from run to run: durations, ids, addresses. */
function keyOf({ state, exitStatus, cause }: BadRun, title: string): string {
  const words = title.replace(/\d+(?:[.,:]\d+)+|\b(?=[\da-f-]*\d)[\da-f]+(?:-[\da-f]+)*\b|\d+/gi, "#");
  return cause === "" ? `${state} ${exitStatus}` : `${state} ${words}`;
}

function newGroup(
  { id, name, startedAt }: BadRun,
  title: string,
  current: ReadonlySet<number>,
): FailureGroup {
  return {
    title,
    varies: false,
    count: 1,
    commands: new Map([[name, 1]]),
    firstAt: startedAt,
    lastAt: startedAt,
    newest: [id],
    isCurrent: current.has(id),
  };
}

function addTo(
  group: FailureGroup,
  { id, name, startedAt }: BadRun,
  { title, keep, current }: { title: string; keep: number; current: ReadonlySet<number> },
): void {
  group.count += 1;
  group.varies ||= title !== group.title;
  group.commands.set(name, (group.commands.get(name) ?? 0) + 1);
  group.firstAt = Math.min(group.firstAt, startedAt);
  group.lastAt = Math.max(group.lastAt, startedAt);
  if (group.newest.length < keep) group.newest.push(id);
  group.isCurrent ||= current.has(id);
}
