/**
 * Milliseconds since the machine booted, the same in all processes. No fault affects this clock: it can't be set, and
 * faketime doesn't change it.
 */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
