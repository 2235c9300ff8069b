import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BuildFolder } from "./bundle/buildContext";
import { pathFromRoot } from "./bundle/lajuFiles";
import { writeIfChanged } from "./files";

/**
 * Copies all other files of app/ and commands/ (views, templates, data) to the build, and laju's own stubs and views.
 */
export function copyAssets({ root, home, build }: Omit<BuildFolder, "vendor">): string[] {
  const apps = copyFrom(root, ["app", "commands"], build);
  const lajus = copyFrom(
    home,
    [
      "framework/cli/completion",
      "framework/make/stubs",
      "framework/services/mail/views",
      "framework/dashboard/assets",
    ],
    build,
  );
  return [...apps, ...lajus.map((file) => pathFromRoot(file, { root, home }))];
}

function copyFrom(root: string, folders: string[], build: string): string[] {
  const files = folders.flatMap((folder) => assetsIn(root, folder));
  for (const file of files) writeIfChanged(join(build, file), readFileSync(join(root, file)));
  return files;
}

function assetsIn(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file}`)
    .filter((file) => !/\.[cm]?tsx?$/.test(file) && isFile(join(root, file)));
}

/** Whether the path is a file. A broken symlink, with which some editors mark a file as being edited, is not. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
