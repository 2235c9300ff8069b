import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../catalog/buildManifest";
import { commandNames } from "../catalog/commandSources";
import { jobTypesFile } from "../catalog/jobTypes";
import { paths } from "../config/config";
import { type BuildReport, buildApp, rebuildCommands } from "./build";

/** How long to collect changes before building, in milliseconds, because editors save a file in several steps. */
const settling = 15;

/**
 * Builds, then rebuilds after every change in commands/, app/, or other folders with imported files: only the changed
 * commands if nothing else changed, otherwise everything. Continues until the process exits.
 */
export async function watchAndBuild(report: (report: BuildReport) => void): Promise<never> {
  const changed = new Set<string>();
  let wake = () => {};
  const watched = new Set<string>();
  const watchFolder = (folder: string) => {
    if (watched.has(folder) || !existsSync(join(paths.root, folder))) return;
    watched.add(folder);
    watch(join(paths.root, folder), { recursive: true }, (_event, file) => {
      const path = `${folder}/${file ?? ""}`;
      if (path === jobTypesFile) return; // The build itself writes this file.
      changed.add(path);
      wake();
    });
  };
  for (const folder of ["commands", "app"]) watchFolder(folder);
  report(await buildApp());
  for (;;) {
    for (const folder of importedFolders()) watchFolder(folder);
    if (changed.size === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    await new Promise((resolve) => setTimeout(resolve, settling));
    const files = [...changed];
    changed.clear();
    report(await buildChanged(files));
  }
}

/** Folders outside app/ and commands/ with files that the app's code imports. */
function importedFolders(): string[] {
  if (!existsSync(paths.manifest)) return [];
  const files = Object.keys(readManifest().inputs).filter(
    (file) => file.includes("/") && !file.startsWith("."),
  );
  return [...new Set(files.map((file) => file.split("/", 1)[0] as string))];
}

function buildChanged(files: string[]): Promise<BuildReport> {
  const known = new Set(commandNames().map((name) => `commands/${name}.ts`));
  const isCommands = files.every((file) => known.has(file));
  const names = files.map((file) => file.slice("commands/".length, -".ts".length));
  return isCommands ? rebuildCommands(names) : buildApp();
}
