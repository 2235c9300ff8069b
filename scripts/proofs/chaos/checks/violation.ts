/** A guarantee that the queue did not keep, and an instance of that. */
export interface Violation {
  promise: string;
  what: string;
}

export function broken(promise: string, whats: readonly string[]): Violation[] {
  return whats.map((what) => ({ promise, what }));
}
