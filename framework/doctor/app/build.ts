import { existsSync } from "node:fs";
import { driftText } from "../../catalog/buildDrift";
import { readManifest } from "../../catalog/buildManifest";
import { readCatalog } from "../../catalog/catalog";
import { paths } from "../../config/config";
import { bad, type Check, fine, warning } from "../check";

export const build: Check = {
  name: "build",
  look() {
    // A new app doesn't need a build until it has a scheduled command.
    if (!existsSync(paths.manifest) && nothingScheduled()) {
      return warning("the commands are not built yet", "Run npm run build before you install them.");
    }
    const manifest = readManifest();
    const [problem] = manifest.problems;
    if (problem !== undefined) {
      return bad(
        `the last build left out ${problem.file}`,
        `${problem.message}\nFix it, then run npm run build.`,
      );
    }
    const drift = driftText(manifest);
    const count = manifest.commands.length;
    if (drift === undefined) return fine(`${count === 1 ? "1 command" : `${count} commands`}, up to date`);
    return bad(drift, "Run npm run build.");
  },
};

/** Whether no command has a schedule. False if a source is broken, because the build must report that. */
function nothingScheduled(): boolean {
  const { commands, problems } = readCatalog();
  return (
    problems.length === 0 && commands.length > 0 && commands.every(({ schedules }) => schedules.length === 0)
  );
}
