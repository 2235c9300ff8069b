import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Bundled } from "./bundle";

/** laju's modules by their names in the repository, as this laju has them: the package holds JavaScript. */
export function asFound(names: readonly string[], home: string): string[] {
  const isPackage = !existsSync(join(home, "framework/config/config.ts"));
  return names.map((name) => (isPackage ? name.replace(/\.ts$/, ".js") : name));
}

/** Whether a file, given by its path from laju's own folder, is laju's and not a package's. */
export function isLajus(file: string): boolean {
  return /^(framework|commands)\//.test(file) && !file.includes("/node_modules/");
}

/** laju's own parts are bundled from laju's folder; a build names all files by their paths from the app's root. */
export function fromRoot<T extends Bundled>(bundled: T, place: { root: string; home: string }): T {
  return { ...bundled, inputs: bundled.inputs.map((file) => pathFromRoot(file, place)) };
}

export function pathFromRoot(file: string, { root, home }: { root: string; home: string }): string {
  return home === root ? file : relative(root, join(home, file));
}

/** The reverse of `pathFromRoot`. */
export function pathFromHome(file: string, { root, home }: { root: string; home: string }): string {
  return home === root ? file : relative(home, join(root, file));
}
