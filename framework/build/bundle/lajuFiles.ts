import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Bundled } from "./bundle";

/**
 * Finds laju's modules, given by their names in the repository (.ts). In the published package they are JavaScript
 * (.js).
 */
export function asFound(names: readonly string[], home: string): string[] {
  const isPackage = !existsSync(join(home, "framework/config/config.ts"));
  return names.map((name) => (isPackage ? name.replace(/\.ts$/, ".js") : name));
}

/** Whether a path, relative to laju's own folder, is one of laju's files rather than a package's. */
export function isLajus(file: string): boolean {
  return /^(framework|commands)\//.test(file) && !file.includes("/node_modules/");
}

/**
 * Makes a bundle's input paths relative to the app's root, like all paths in the build, instead of to laju's own
 * folder.
 */
export function fromRoot<T extends Bundled>(bundled: T, roots: { root: string; home: string }): T {
  return { ...bundled, inputs: bundled.inputs.map((file) => pathFromRoot(file, roots)) };
}

export function pathFromRoot(file: string, { root, home }: { root: string; home: string }): string {
  return home === root ? file : relative(root, join(home, file));
}

/** Makes a path relative to laju's own folder again, the reverse of `pathFromRoot`. */
export function pathFromHome(file: string, { root, home }: { root: string; home: string }): string {
  return home === root ? file : relative(home, join(root, file));
}
