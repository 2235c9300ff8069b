import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What laju's verbs are made of, and what they read. */
const own = ["app", "commands/native", "commands/index.ts", "scripts/build"];

/**
 * The text of build/sources.txt, one path from the root a line, folders as well: laju.js looks whether one of them is newer
 * than the build, and needs no walk through the folders for it.
 */
export function ownSources(root: string): string {
  const there = own.filter((path) => existsSync(join(root, path)));
  const all = there.flatMap((path) => [path, ...(path.endsWith(".ts") ? [] : below(root, path))]);
  return `${all.sort().join("\n")}\n`;
}

function below(root: string, folder: string): string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return paths.map((path) => `${folder}/${path}`);
}
