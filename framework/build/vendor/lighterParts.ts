import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Files of packages that, when loaded, do work that few runs need, and how to change them so that they do it later. The
 * changes are textual: if a future version of a file contains other text, it is bundled unchanged.
 */
const parts: { file: RegExp; lighter: (source: string, home: string) => string }[] = [
  {
    file: /[\\/]pg[\\/]lib[\\/]crypto[\\/]utils\.js$/,
    // Read the replacement from laju's own folder, not relative to this module, which may have been compiled into the
    // command line.
    lighter: (_, home) => readFileSync(join(home, "framework/build/vendor/pgCrypto.cjs"), "utf8"),
  },
  {
    // ioredis's Cluster, which few apps use, adds 500 methods and loads dns.
    file: /[\\/]ioredis[\\/]built[\\/](Redis|index)\.js$/,
    lighter: (source) =>
      source
        .replace(/require\("\.\/cluster"\)/, "{ get default() { return $&.default; } }")
        .replace(
          "Redis.Cluster = cluster_1.default;",
          'Object.defineProperty(Redis, "Cluster", { enumerable: true, configurable: true, get: () => cluster_1.default });',
        ),
  },
  {
    file: /[\\/]ioredis[\\/]built[\\/]utils[\\/]Commander\.js$/,
    lighter: (source) => source.replace("commands.forEach(", `${loosened("Commander.prototype")} $&`),
  },
  {
    file: /[\\/]ioredis[\\/]built[\\/]utils[\\/]applyMixin\.js$/,
    lighter: (source) =>
      source.replace("Object.getOwnPropertyNames(", `${loosened("derivedConstructor.prototype")} $&`),
  },
  {
    file: /[\\/]knex[\\/]lib[\\/]query[\\/]querybuilder\.js$/,
    lighter: (source) => source.replace("Builder.prototype.select = ", `${loosened("Builder.prototype")} $&`),
  },
  {
    // Load these parts on first use, because only creating tables and migrations need them, not queries.
    file: /[\\/]knex[\\/]lib[\\/](client|knex-builder[\\/](make-knex|Knex)|dialects[\\/][\w-]+[\\/]index)\.js$/,
    lighter: (source) =>
      source
        .replace(
          /^(const \w+) = (require\('\.[^']*\/(?:schema|migrations)\/[^']+'\));$/gm,
          "$1 = lajuLate(() => $2);",
        )
        .replace(
          /^const \{ (\w+) \} = (require\('\.[^']*\/(?:schema|migrations)\/[^']+'\));$/gm,
          "const $1 = lajuLate(() => $2.$1);",
        ),
  },
  {
    // Every knex logger would otherwise create process.stdout, to check whether it is a terminal.
    file: /[\\/]knex[\\/]lib[\\/]logger\.js$/,
    lighter: (source) =>
      source.replace(
        /process && process\.stdout\) \{\s+return process\.stdout\.isTTY;/,
        'process) {\n return require("tty").isatty(1);',
      ),
  },
  {
    // lodash looks for module.require, which bundles don't have, and would use the deprecated process.binding("util").
    file: /[\\/]lodash[\\/]_nodeUtil\.js$/,
    lighter: () => 'module.exports = require("util").types;',
  },
];

/**
 * Code that adds and deletes a property, so that V8 stores the object as a hash table. Otherwise V8 copies the list of
 * properties each time one is added: 6 MB of fresh memory for the 600 methods of ioredis.
 */
function loosened(object: string): string {
  return `${object}.laju = 0; delete ${object}.laju;`;
}

/** A package's file with its changes. `home` is laju's own folder. */
export function lightened(path: string, home: string): string {
  const source = readFileSync(path, "utf8");
  return parts.find(({ file }) => file.test(path))?.lighter(source, home) ?? source;
}

export function lighterParts(home: string): Plugin {
  return {
    name: "lighter-parts",
    setup({ onLoad }) {
      for (const { file } of parts) {
        onLoad({ filter: file }, ({ path }) => ({ contents: lightened(path, home), loader: "js" }));
      }
    },
  };
}
