/** Fewer successes tell nothing of what is usual. */
const leastKnown = 5;
const known = 20;
const leastSlowness = 60_000;

/** The longest of a command's last successes, and when a run is far over it; undefined while too few are known. */
export function usualLongest(
  durations: readonly number[],
): { longest: number; slowFrom: number } | undefined {
  if (durations.length < leastKnown) return undefined;
  const longest = Math.max(...durations.slice(0, known));
  return { longest, slowFrom: Math.max(2 * longest, longest + leastSlowness) };
}
