import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { paths } from "../../app/config";
import { commandNames } from "../../app/console/commandSources";
import { jobTypesFile } from "../../app/console/jobTypes";
import { type BuildReport, buildApp, rebuildCommands } from "./build";

/** Editors write a file in several steps; what comes within this time (ms) is one change. */
const settling = 15;

/**
 * Builds, and builds again whenever something in commands/ or app/ changes: a changed command alone, anything
 * else everything. Goes on until the process ends.
 */
export async function watchAndBuild(report: (report: BuildReport) => void): Promise<never> {
  const changed = new Set<string>();
  let wake = () => {};
  for (const folder of ["commands", "app"].filter((one) => existsSync(join(paths.root, one)))) {
    watch(join(paths.root, folder), { recursive: true }, (_event, file) => {
      const path = `${folder}/${file ?? ""}`;
      if (path === jobTypesFile) return; // The build writes it itself.
      changed.add(path);
      wake();
    });
  }
  report(await buildApp());
  for (;;) {
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

function buildChanged(files: string[]): Promise<BuildReport> {
  const known = new Set(commandNames().map((name) => `commands/${name}.ts`));
  const isCommands = files.every((file) => known.has(file));
  const names = files.map((file) => file.slice("commands/".length, -".ts".length));
  return isCommands ? rebuildCommands(names) : buildApp();
}
