/** The fewest successful runs from which to compute a command's usual duration. */
const leastKnown = 5;
const known = 20;
const leastSlowness = 60_000;

/**
 * The longest recent successful run's duration, and the duration from which a run counts as slow. Undefined after too
 * few successful runs.
 */
export function usualLongest(
  durations: readonly number[],
): { longest: number; slowFrom: number } | undefined {
  if (durations.length < leastKnown) return undefined;
  const longest = Math.max(...durations.slice(0, known));
  return { longest, slowFrom: Math.max(2 * longest, longest + leastSlowness) };
}
