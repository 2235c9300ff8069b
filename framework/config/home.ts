import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * laju's own folder, which contains framework/, commands/native/ and the template of a new app. It is the package in
 * node_modules or, in laju's repository, the app's root. Compiled code is in neither of them, so it looks for the app's
 * laju package with Node's resolution.
 */
export function lajuHome(root: string): string {
  if (typeof LAJU_BUILT === "undefined") return realpathSync(join(import.meta.dirname, "../.."));
  const { createRequire } = process.getBuiltinModule("node:module");
  return dirname(createRequire(join(root, "package.json")).resolve("laju/package.json"));
}
