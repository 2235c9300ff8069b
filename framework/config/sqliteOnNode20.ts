import { dirname, join } from "node:path";

/** Node's class Module, as far as its hooks are used here. */
interface NodeModules {
  _cache: Record<string, { exports: unknown }>;
  _load(name: string, parent: unknown, isMain: boolean): unknown;
  _resolveFilename(name: string, parent: unknown): string;
  createRequire(file: string): NodeJS.Require;
}

/**
 * Gives whoever asks for better-sqlite3 on Node 20, also packages that use it, the version that works there: 13 ends
 * the process with SIGSEGV as soon as it opens a database. (See sqliteDriver in framework/services/database/sqliteDriver.ts.)
 */
export function giveSqliteForNode20(): void {
  if (Number.parseInt(process.versions.node, 10) >= 22) return;
  const modules = nodeModules();
  const load = modules._load;
  modules._load = (name, parent, isMain) => {
    if (!isSqlite(name) || !crashesHere(name, parent, modules)) return load(name, parent, isMain);
    const given = ownRequire(modules)("better-sqlite3-node20");
    // Whatever is imported by an ES module is taken from there.
    const imported = modules._cache[name];
    if (imported !== undefined) imported.exports = given;
    return given;
  };
}

/** By its name, or, from an ES module, by its file. */
function isSqlite(name: string): boolean {
  return name === "better-sqlite3" || name.endsWith("/better-sqlite3/lib/index.js");
}

function crashesHere(name: string, parent: unknown, modules: NodeModules): boolean {
  try {
    const file = modules._resolveFilename(name, parent);
    const { version } = ownRequire(modules)(join(dirname(file), "..", "package.json"));
    return Number.parseInt(version, 10) >= 13;
  } catch {
    return false; // Not installed: what loads it says so.
  }
}

/** In a build the class itself, as in framework/config/require.ts: node:module would load 2 ms more at each start. */
function nodeModules(): NodeModules {
  const modules = typeof LAJU_BUILT === "undefined" ? process.getBuiltinModule("node:module") : lajuNode;
  return modules as unknown as NodeModules;
}

function ownRequire(modules: NodeModules): NodeJS.Require {
  return typeof LAJU_BUILT === "undefined" ? modules.createRequire(import.meta.url) : lajuRequire;
}
