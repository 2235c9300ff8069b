/** "98.6%": rounded down, so that 100% means all. Empty where nothing came to an end. */
export function successRate({ succeeded, failed }: { succeeded: number; failed: number }): string {
  const ended = succeeded + failed;
  if (ended === 0) return "";
  return `${Math.floor((succeeded / ended) * 1_000) / 10}%`;
}
