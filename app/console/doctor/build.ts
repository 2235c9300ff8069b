import { changedSources } from "../buildDrift";
import { readManifest } from "../buildManifest";
import { bad, type Check, fine } from "./check";

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
    const [first, ...more] = changedSources(manifest);
    if (first === undefined) return fine(`${manifest.commands.length} commands, as their sources are`);
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    return bad(`the build is older than its sources: ${first}${others} changed`, "Run npm run build.");
  },
};
