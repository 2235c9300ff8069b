import { kindNames, kindOf } from "../kinds";
import type { EngineName } from "../plan";
import { forgottenBy, isRewound, nameOf } from "./checkRuns";
import type { Attempt, History } from "./history";
import { broken, type Violation } from "./violation";

/**
 * Reports kinds of which too many jobs ran at once, unique keys that two unfinished jobs had at once, and jobs that
 * started before an earlier one.
 */
export function checkOrder(
  history: History,
  engine: EngineName,
  doubles: ReadonlyMap<string, string[]>,
): Violation[] {
  const unfinished = [...doubles].map(
    ([word, names]) => `unique ${word}: unfinished at the same time: ${names.join(", ")}`,
  );
  return [
    ...broken("no more concurrent jobs of a kind than its limit", limits(history, engine)),
    ...broken("one unfinished job per unique key", [...unfinished, ...uniques(history, engine)]),
    ...broken("starts in order", overtaken(history)),
  ];
}

function limits(history: History, engine: EngineName): string[] {
  return kindNames.flatMap((name) => {
    const { concurrency } = kindOf(name);
    if (concurrency === undefined) return [];
    const attempts = [...history.attempts.values()].flat().filter(({ kind }) => kind === name);
    const most = maxAtOnce(attempts.filter((one) => counts(one, history, engine)));
    if (most.length <= concurrency) return [];
    return [
      `${most.length} of ${name} ran at the same time, but its limit is ${concurrency}: ${most.map(nameOf).join(", ")}`,
    ];
  });
}

function uniques(history: History, engine: EngineName): string[] {
  const byWord = new Map<string, Attempt[]>();
  for (const attempt of [...history.attempts.values()].flat()) {
    const unique = history.asked.get(attempt.n)?.unique;
    if (unique === undefined || !counts(attempt, history, engine)) continue;
    const word = `${attempt.kind}:${unique}`;
    byWord.set(word, [...(byWord.get(word) ?? []), attempt]);
  }
  return [...byWord].flatMap(([word, attempts]) => {
    const most = maxAtOnce(attempts);
    return most.length > 1 ? [`unique ${word}: ${most.map(nameOf).join(" and ")} ran at the same time`] : [];
  });
}

/**
 * Whether an attempt counts for these checks. One whose worker lost its lease or was told to stop may continue briefly
 * after another job has started in its place, and a rewound store has forgotten which worker ran which job.
 */
function counts(attempt: Attempt, history: History, engine: EngineName): boolean {
  const { lostLease, ended, stopped, how } = attempt;
  if (isRewound(history, attempt) || forgottenBy(history, engine)(attempt)) return false;
  return !(lostLease < Number.POSITIVE_INFINITY || stopped <= ended || how === "aborted");
}

/** The largest number of attempts that ran at the same time, as the list of those attempts. */
function maxAtOnce(attempts: readonly Attempt[]): Attempt[] {
  const inOrder = [...attempts].sort((a, b) => a.begun - b.begun);
  let most: Attempt[] = [];
  let running: Attempt[] = [];
  for (const attempt of inOrder) {
    running = running.filter(({ ended, gone }) => Math.min(ended, gone) > attempt.begun);
    running.push(attempt);
    if (running.length > most.length) most = [...running];
  }
  return most;
}

/**
 * Jobs that started too late, of the kinds that run one job at a time: if one job was acknowledged before another was
 * pushed, it must also start first.
 */
function overtaken({ promised, attempts }: History): string[] {
  const ordered = [...promised.values()]
    .filter(({ kind, isNew }) => isNew && kindOf(kind).isOrdered === true)
    .map((job) => ({ ...job, begun: attempts.get(job.n)?.[0]?.begun ?? Number.NaN }))
    .filter(({ begun }) => !Number.isNaN(begun));
  const byAcknowledgment = ordered.toSorted((a, b) => a.acknowledged - b.acknowledged);
  const violations: string[] = [];
  let latest: (typeof ordered)[number] | undefined;
  let next = 0;
  for (const job of ordered.toSorted((a, b) => a.asked - b.asked)) {
    for (; (byAcknowledgment[next]?.acknowledged ?? Number.POSITIVE_INFINITY) < job.asked; next++) {
      const earlier = byAcknowledgment[next];
      if (earlier !== undefined && (latest === undefined || earlier.begun > latest.begun)) latest = earlier;
    }
    if (latest === undefined || latest.begun < job.begun) continue;
    violations.push(
      `${job.kind} ${job.n} began ${Math.round(latest.begun - job.begun)} ms before ${latest.n}, which was queued earlier`,
    );
  }
  return violations;
}
