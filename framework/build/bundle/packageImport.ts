import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OnResolveArgs } from "esbuild";

type Target = string | null | Target[] | { [condition: string]: Target };

/** What a name resolves to: a package, or a path such as "./file.ts" relative to `folder`. */
export interface PackageImport {
  target: string;
  folder: string;
}

/** Resolves a name that begins with # through `imports` in the nearest package.json. */
export function packageImport(
  name: string,
  { resolveDir, kind }: Pick<OnResolveArgs, "resolveDir" | "kind">,
): PackageImport | undefined {
  const { folder, imports } = importsAbove(resolveDir);
  const target = targetOf(name, imports, kind);
  return target === undefined ? undefined : { target, folder };
}

function targetOf(
  name: string,
  imports: Record<string, Target>,
  kind: OnResolveArgs["kind"],
): string | undefined {
  const conditions = ["node", "default", kind.startsWith("require") ? "require" : "import"];
  if (imports[name] !== undefined) return pick(imports[name], conditions);
  const patterns = Object.keys(imports)
    .filter((pattern) => pattern.includes("*") && fits(name, pattern))
    .sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  const [best] = patterns;
  if (best === undefined) return undefined;
  const [start = "", end = ""] = best.split("*");
  const star = name.slice(start.length, name.length - end.length);
  return pick(imports[best] as Target, conditions)?.replaceAll("*", star);
}

function importsAbove(folder: string): { folder: string; imports: Record<string, Target> } {
  const file = join(folder, "package.json");
  if (existsSync(file)) return { folder, imports: JSON.parse(readFileSync(file, "utf8")).imports ?? {} };
  return folder === dirname(folder) ? { folder, imports: {} } : importsAbove(dirname(folder));
}

function fits(name: string, pattern: string): boolean {
  const [start = "", end = ""] = pattern.split("*");
  return name.startsWith(start) && name.endsWith(end) && name.length > pattern.length - 1;
}

/** The target of the first condition that applies, in the order of package.json. */
function pick(target: Target, conditions: readonly string[]): string | undefined {
  if (typeof target === "string") return target;
  if (target === null) return undefined;
  const candidates = Array.isArray(target)
    ? target
    : Object.entries(target).flatMap(([condition, one]) => (conditions.includes(condition) ? [one] : []));
  return candidates.map((one) => pick(one, conditions)).find((one) => one !== undefined);
}
