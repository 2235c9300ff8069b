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
 * vitest's API; undefined under another test runner. It comes from the global that import.meta.vitest uses too, so laju
 * doesn't need to know where vitest is installed.
 */
export function vitest(): Vitest | undefined {
  return (globalThis as { __vitest_index__?: Vitest }).__vitest_index__;
}
