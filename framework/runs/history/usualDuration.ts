/** With fewer successful runs, there is no usual duration. */
const leastKnown = 5;
const known = 20;
const leastSlowness = 60_000;

/** A command's longest recent success, and the duration that counts as slow; undefined after too few successes. */
export function usualLongest(
  durations: readonly number[],
): { longest: number; slowFrom: number } | undefined {
  if (durations.length < leastKnown) return undefined;
  const longest = Math.max(...durations.slice(0, known));
  return { longest, slowFrom: Math.max(2 * longest, longest + leastSlowness) };
}
