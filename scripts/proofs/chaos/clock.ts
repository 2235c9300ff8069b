/**
 * Milliseconds since the machine started, the same in all of its processes. No fault moves this clock: faketime leaves
 * it alone, and nobody can set it.
 */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
