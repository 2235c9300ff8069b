/** With fewer successes, nobody knows what is usual. */
const leastKnown = 5;
const known = 20;
const leastSlowness = 60_000;

/** The longest of a command's last successes, and from when on a run is slow; undefined while too few are known. */
export function usualLongest(
  durations: readonly number[],
): { longest: number; slowFrom: number } | undefined {
  if (durations.length < leastKnown) return undefined;
  const longest = Math.max(...durations.slice(0, known));
  return { longest, slowFrom: Math.max(2 * longest, longest + leastSlowness) };
}
