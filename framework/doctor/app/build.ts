import { driftText } from "../../catalog/buildDrift";
import { readManifest } from "../../catalog/buildManifest";
import { bad, type Check, fine } from "../check";

export const build: Check = {
  name: "build",
  look() {
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
