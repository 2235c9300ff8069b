/**
 * Milliseconds since the machine started, the same in all processes. No fault affects this clock: faketime
 * leaves it alone, and it can't be set.
 */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
