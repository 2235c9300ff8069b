import { dirname, join } from "node:path";

/** The parts of Node's Module class that are used here. */
interface NodeModules {
  _cache: Record<string, { exports: unknown }>;
  _load(name: string, parent: unknown, isMain: boolean): unknown;
  _resolveFilename(name: string, parent: unknown): string;
  createRequire(file: string): NodeJS.Require;
}

/**
 * On Node 20, makes all code load better-sqlite3 12: version 13 crashes with SIGSEGV there when it opens a database.
 * (See sqliteDriver() in framework/services/database/sqliteDriver.ts.)
 */
export function redirectSqliteOnNode20(): void {
  if (Number.parseInt(process.versions.node, 10) >= 22) return;
  const modules = nodeModules();
  const load = modules._load;
  modules._load = (name, parent, isMain) => {
    if (!isSqlite(name) || !crashesHere(name, parent, modules)) return load(name, parent, isMain);
    const replacement = ownRequire(modules)("better-sqlite3-node20");
    // Change the cached module too, because an ES module's import takes the exports from there.
    const imported = modules._cache[name];
    if (imported !== undefined) imported.exports = replacement;
    return replacement;
  };
}

/** `require` passes the package's name, and an ES module's import passes its file. */
function isSqlite(name: string): boolean {
  return name === "better-sqlite3" || name.endsWith("/better-sqlite3/lib/index.js");
}

function crashesHere(name: string, parent: unknown, modules: NodeModules): boolean {
  try {
    const file = modules._resolveFilename(name, parent);
    const { version } = ownRequire(modules)(join(dirname(file), "..", "package.json"));
    return Number.parseInt(version, 10) >= 13;
  } catch {
    return false; // The package is not installed. The code that loads it gets that error.
  }
}

/** Node's Module class. Built code gets it from the build, because loading node:module would cost 2 ms per start. */
function nodeModules(): NodeModules {
  const modules = typeof LAJU_BUILT === "undefined" ? process.getBuiltinModule("node:module") : lajuNode;
  return modules as unknown as NodeModules;
}

function ownRequire(modules: NodeModules): NodeJS.Require {
  return typeof LAJU_BUILT === "undefined" ? modules.createRequire(import.meta.url) : lajuRequire;
}
