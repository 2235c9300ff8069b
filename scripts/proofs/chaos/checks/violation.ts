/** A guarantee that the queue broke, and how. */
export interface Violation {
  promise: string;
  what: string;
}

export function broken(promise: string, whats: readonly string[]): Violation[] {
  return whats.map((what) => ({ promise, what }));
}
