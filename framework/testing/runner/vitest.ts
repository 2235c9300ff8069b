export type Hook = (work: (context?: unknown) => Promise<void>, patience?: number) => unknown;

/** The part of vitest's API that laju uses. */
export interface Vitest {
  beforeAll: Hook;
  beforeEach: Hook;
  afterEach: Hook;
  afterAll: Hook;
  vi: { importActual<T>(path: string): Promise<T> };
}

/**
 * vitest's API, found the way vitest itself does (import.meta.vitest), so that laju need not know where it is installed.
 * Undefined under another test runner.
 */
export function vitest(): Vitest | undefined {
  return (globalThis as { __vitest_index__?: Vitest }).__vitest_index__;
}
