import { join } from "node:path";

/** The declaration files that an app can use: those that the package exports, and all to which these refer. */
export function reachableTypes(
  compiled: ReadonlyMap<string, string>,
  exported: readonly unknown[],
): Set<string> {
  const found = new Set<string>();
  const follow = (file: string) => {
    const text = compiled.get(file);
    if (text === undefined || found.has(file)) return;
    found.add(file);
    for (const [, name] of text.matchAll(/(?:from|import|import\()\s*["'](\.[^"']+)["']/g)) {
      follow(join(file, "..", name as string).replace(/(?:\.js)?$/, ".d.ts"));
    }
  };
  const types = exported.flatMap((entry) =>
    typeof entry === "object" && entry !== null && "types" in entry ? [entry.types] : [],
  );
  for (const pattern of types)
    for (const file of matching(String(pattern), [...compiled.keys()])) follow(file);
  return found;
}

/** The files that a path in `exports` stands for. A path with a * can stand for several. */
function matching(pattern: string, files: readonly string[]): string[] {
  const [start = "", end] = pattern.replace(/^\.\//, "").split("*");
  return files.filter((file) =>
    end === undefined
      ? file === start
      : file.startsWith(start) && file.endsWith(end) && !file.slice(start.length, -end.length).includes("/"),
  );
}
