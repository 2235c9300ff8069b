import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeIfChanged } from "./files";

/** Copies what is not TypeScript in app/ and commands/ (views, templates, data), and laju's own stubs and views, beside the compiled modules. */
export function copyAssets({ root, build }: { root: string; build: string }): string[] {
  const files = [
    "app",
    "commands",
    "framework/make",
    "framework/services/mail",
    "framework/dashboard/assets",
  ].flatMap((folder) => assetsIn(root, folder));
  for (const file of files) writeIfChanged(join(build, file), readFileSync(join(root, file)));
  return files;
}

function assetsIn(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file}`)
    .filter((file) => !/\.[cm]?tsx?$/.test(file) && isFile(join(root, file)));
}

/** Not so a link that leads nowhere: an editor marks with one that a file is being edited. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
