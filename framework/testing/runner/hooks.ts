import { type Hook, vitest } from "./vitest";

/**
 * How long a hook may take, in milliseconds, because the first one migrates the database. vitest's default of ten
 * seconds is too short on a busy machine.
 */
const patience = 60_000;

/** What to do before and after the tests of a file that imports laju/testing. */
export interface Hooks {
  beforeAll(): Promise<void>;
  beforeEach(context?: unknown): Promise<void>;
  afterEach(context?: unknown): Promise<void>;
  afterAll(): Promise<void>;
}

/**
 * Registers the hooks with the test runner. If it is unknown, nothing is registered, and tests have to call `freshApp`
 * themselves.
 */
export function registerHooks(hooks: Hooks): void {
  const runner: Runner | undefined = vitest() ?? nodeHooks();
  runner?.beforeAll(hooks.beforeAll, patience);
  runner?.beforeEach(hooks.beforeEach, patience);
  runner?.afterEach(hooks.afterEach, patience);
  runner?.afterAll(hooks.afterAll, patience);
}

interface Runner {
  beforeAll: Hook;
  beforeEach: Hook;
  afterEach: Hook;
  afterAll: Hook;
}

/**
 * The hooks of node:test, if the test file has loaded it. Loading it otherwise would make it report that there were no
 * tests.
 */
function nodeHooks(): Runner | undefined {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  if (!moduleLoadList.includes("NativeModule test")) return undefined;
  const { before, beforeEach, afterEach, after } = process.getBuiltinModule("node:test");
  return {
    beforeAll: (work, timeout) => before(() => work(), { timeout }),
    beforeEach: (work, timeout) => beforeEach(() => work(), { timeout }),
    afterEach: (work, timeout) => afterEach(() => work(), { timeout }),
    afterAll: (work, timeout) => after(() => work(), { timeout }),
  };
}
