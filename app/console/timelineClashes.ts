import type { HostClock } from "../schedule/nextRuns";
import type { TimelineStart } from "../schedule/timeline";
import { shortTime } from "./hostClock";
import type { Terminal } from "./terminal";
import { wrapText } from "./wrapText";

const mostSets = 6;
const mostTimes = 4;

interface Clash {
  names: readonly string[];
  times: string[];
}

/** The sets of commands that start in the same minute, the largest first, and when. */
export function clashLines(
  starts: readonly TimelineStart[],
  { hostTimezone }: HostClock,
  { paint, width }: Terminal,
): string[] {
  const clashes = clashesOf(starts);
  if (clashes.length === 0) return [];
  const timeOf = (at: string) => shortTime(new Date(at), hostTimezone).slice(-5);
  const lines = clashes.slice(0, mostSets).flatMap(({ names, times }) => {
    const listed = times.slice(0, mostTimes).map(timeOf).join(" ");
    const more = times.length > mostTimes ? ` and ${times.length - mostTimes} more` : "";
    const [first, ...rest] = wrapText(names.join(", "), width - 6);
    return [
      `  ${paint("yellow", `! ${names.length} at once`)}  ${listed}${more}`,
      ...[first, ...rest].map((line) => `    ${line}`),
    ];
  });
  const left = clashes.length - mostSets;
  return [
    ...lines,
    ...(left > 0 ? [`  ${paint("dim", `and ${left} more of them (--json has all)`)}`] : []),
    "",
  ];
}

function clashesOf(starts: readonly TimelineStart[]): Clash[] {
  const clashes = new Map<string, Clash>();
  for (const { at, names } of starts) {
    if (names.length < 2) continue;
    const clash = clashes.get(names.join()) ?? { names, times: [] };
    clash.times.push(at);
    clashes.set(names.join(), clash);
  }
  return [...clashes.values()].sort((a, b) => b.names.length - a.names.length);
}
