/** "98.6%". Rounded down, so that 100% means that all succeeded. Empty if nothing has finished. */
export function successRate({ succeeded, failed }: { succeeded: number; failed: number }): string {
  const ended = succeeded + failed;
  if (ended === 0) return "";
  return `${Math.floor((succeeded / ended) * 1_000) / 10}%`;
}
