import { grouped, type History, of } from "./checks/history";
import type { Violation } from "./checks/violation";
import type { EngineName, Fault } from "./plan";

/** How many violations of each guarantee to show. */
const most = 4;

export function planText(plan: readonly Fault[]): string {
  const counts = new Map<string, number>();
  for (const { name } of plan) counts.set(name, (counts.get(name) ?? 0) + 1);
  return `${plan.length} faults planned: ${[...counts].map(([name, count]) => `${count} ${name}`).join(", ")}`;
}

export function operationsText({ events, attempts, promised, completed }: History): string {
  const count = (what: Parameters<typeof of>[1]) => of(events, what).length;
  const runs = [...attempts.values()].flat();
  const repeats = runs.length - attempts.size;
  return [
    `${count("pushing")} pushes: ${promised.size} acknowledged, ${count("refused")} refused or unanswered`,
    `${runs.length} attempts of ${attempts.size} jobs, ${repeats} of them repeats; ${completed.size} jobs completed`,
    `${count("fault")} faults; ${count("gone")} processes ended and ${count("started")} started; ${count("lostLease")} leases lost`,
  ].join("\n");
}

export function violationsText(violations: readonly Violation[]): string {
  const byPromise = grouped(violations, ({ promise }) => promise);
  return [...byPromise]
    .map(([promise, some]) => `  ✗ ${promise}: violated ${some.length} times\n${examples(some)}`)
    .join("\n");
}

function examples(violations: readonly Violation[]): string {
  const lines = violations.slice(0, most).map(({ what }) => `      ${what}`);
  return [...lines, ...(violations.length > most ? ["      …"] : [])].join("\n");
}

export function verdictText(
  engine: EngineName,
  seed: number,
  minutes: number,
  violations: readonly Violation[],
): string {
  const run = `chaos on ${engine}, seed ${seed}, ${minutes} min`;
  if (violations.length === 0) return `✓ ${run}: no job lost, doubled, early, stuck or falsely failed`;
  return `✗ ${run}: ${violations.length} ${violations.length === 1 ? "violation" : "violations"}`;
}
