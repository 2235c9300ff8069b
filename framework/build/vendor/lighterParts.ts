import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Files of packages that do at their loading what few runs come to need, and what they become in a bundle: the same,
 * later. A future version of one that is written otherwise is bundled as it stands.
 */
const parts: { file: RegExp; lighter: (source: string, home: string) => string }[] = [
  {
    file: /[\\/]pg[\\/]lib[\\/]crypto[\\/]utils\.js$/,
    // From laju's own folder: this may be running as part of the compiled CLI.
    lighter: (_, home) => readFileSync(join(home, "framework/build/vendor/pgCrypto.cjs"), "utf8"),
  },
  {
    // 500 methods, and dns, for those who have a cluster.
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
    // Who makes tables and who migrates: not those who query.
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
    // Asked by each logger that is made, and it opens the process's standard output.
    file: /[\\/]knex[\\/]lib[\\/]logger\.js$/,
    lighter: (source) =>
      source.replace(
        /process && process\.stdout\) \{\s+return process\.stdout\.isTTY;/,
        'process) {\n return require("tty").isatty(1);',
      ),
  },
  {
    // In a bundle it finds no module.require, and takes the deprecated process.binding("util").
    file: /[\\/]lodash[\\/]_nodeUtil\.js$/,
    lighter: () => 'module.exports = require("util").types;',
  },
];

/**
 * An object that a property was deleted from keeps the others in a table. Otherwise V8 copies the list of what an
 * object has with each thing that it gets: 6 MB for the 600 methods of ioredis, on pages that are new to the process.
 */
function loosened(object: string): string {
  return `${object}.laju = 0; delete ${object}.laju;`;
}

/** A file of a package as it stands in a bundle; `home` is laju's own folder. */
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
