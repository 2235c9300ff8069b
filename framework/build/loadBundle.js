import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/**
 * Loads bundles of a build folder as `lajuLoad` in runtime/head.js does, and also gives access to their code caches.
 * `place` is what the bundles see as their build folder.
 */
export function bundleLoader(build, place = build) {
  const scripts = new Map();
  function load(path, { given = [] } = {}) {
    const filename = join(build, `${path}.js`);
    const script = new Script(readFileSync(filename, "utf8"), { filename });
    scripts.set(path, script);
    const module = { exports: {} };
    const own = [place, load, Module, (name) => import(name)];
    script.runInThisContext()(
      ...[module.exports, createRequire(filename), module, filename, dirname(filename), ...own, ...given],
    );
    return module.exports;
  }
  return { load, cacheOf: (path) => scripts.get(path).createCachedData() };
}
