import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * laju's own folder, which contains framework/, commands/native/ and the template of a new app: the package in
 * node_modules or, in laju's repository, the app's root. Compiled code is in neither, so there Node resolves the app's
 * laju package.
 */
export function lajuHome(root: string): string {
  if (typeof LAJU_BUILT === "undefined") return realpathSync(join(import.meta.dirname, "../.."));
  const { createRequire } = process.getBuiltinModule("node:module");
  return dirname(createRequire(join(root, "package.json")).resolve("laju/package.json"));
}
