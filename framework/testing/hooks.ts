type Hook = (work: () => Promise<void>, patience?: number) => unknown;

/** How long (ms) the first test may take to migrate its database: vitest's usual ten seconds are little on a busy machine. */
const patience = 60_000;

/** What is to be done around the tests of the file that imports laju/testing. */
export interface Hooks {
  beforeAll(): Promise<void>;
  beforeEach(): Promise<void>;
  afterAll(): Promise<void>;
}

/** Registers them with the test runner that this process is of; another runner's tests call `freshApp` themselves. */
export function registerHooks(hooks: Hooks): void {
  const runner = vitestHooks() ?? nodeHooks();
  runner?.beforeAll(hooks.beforeAll, patience);
  runner?.beforeEach(hooks.beforeEach, patience);
  runner?.afterAll(hooks.afterAll, patience);
}

interface Runner {
  beforeAll: Hook;
  beforeEach: Hook;
  afterAll: Hook;
}

/** As vitest itself finds them (import.meta.vitest): laju need not know where it is installed. */
function vitestHooks(): Runner | undefined {
  return (globalThis as { __vitest_index__?: Runner }).__vitest_index__;
}

/** Loaded only where the tests have: it reports that there were none. */
function nodeHooks(): Runner | undefined {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  if (!moduleLoadList.includes("NativeModule test")) return undefined;
  const { before, beforeEach, after } = process.getBuiltinModule("node:test");
  return {
    beforeAll: (work, timeout) => before(work, { timeout }),
    beforeEach: (work, timeout) => beforeEach(work, { timeout }),
    afterAll: (work, timeout) => after(work, { timeout }),
  };
}
