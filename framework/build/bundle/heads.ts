import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleOptions, Shared } from "./place";

/** What stands before the bundle: where it is, whether it is the program, and runtime/head.js. */
export function headOf({ home, format, shared }: BundleOptions): string {
  const start = format === "esm" ? esmStart : cjsStart;
  return `${sharedName(shared)}\n${start}\n${runtimeText(home, "head.js")}`;
}

/** Stands first, for the bundle and for whoever looks which are in use. */
export function sharedName({ file }: Shared): string {
  return `const lajuSharedFile = "${file}";`;
}

// Not require("node:module"): that loads the whole of its public part, 2 ms at each start.
const cjsStart = `const lajuNode = typeof module.constructor._load === "function" ? module.constructor : require("node:module");
const lajuMain = require.main === module;
const lajuFolder = __dirname;`;

const esmStart = `import lajuNode from "node:module";
const require = lajuNode.createRequire(import.meta.url);
const lajuMain = globalThis[Symbol.for("laju.main")] === true;
const lajuFolder = require("node:path").dirname(require("node:url").fileURLToPath(import.meta.url));`;

/**
 * What starts an ES module, which cannot be started as `node X.js` in a CommonJS folder. It decides as whom root goes on,
 * for the module's own imports come before its first line.
 */
export function esmStarter(name: string): string {
  const depth = name.split("/").length;
  return `globalThis[Symbol.for("laju.main")] = require.main === module;
if (require.main === module && process.getuid?.() === 0) require("${"../".repeat(depth)}runtime/appUser.cjs").becomeAppUser(__dirname);
module.exports = import(${JSON.stringify(`./${name.split("/").at(-1)}.mjs`)});
`;
}

/** A file of runtime/. */
export function runtimeText(home: string, file: string): string {
  return readFileSync(join(home, "framework", "build", "runtime", file), "utf8");
}
