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
        `${problem.message}\nCorrect it and run npm run build.`,
      );
    }
    const drift = driftText(manifest);
    if (drift === undefined) return fine(`${manifest.commands.length} commands, as their sources are`);
    return bad(drift, "Run npm run build.");
  },
};
