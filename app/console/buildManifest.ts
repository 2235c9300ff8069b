import { existsSync, readFileSync } from "node:fs";
import { paths } from "../config";
import { LajuError } from "../errors";
import type { Manifest } from "../schedule/manifest";

/** What the last build wrote about the commands. Throws a LajuError when there was none. */
export function readManifest(): Manifest {
  if (!existsSync(paths.manifest)) {
    throw new LajuError(`the commands are not built: there is no ${paths.manifest}`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
    });
  }
  try {
    return JSON.parse(readFileSync(paths.manifest, "utf8")) as Manifest;
  } catch (error) {
    throw new LajuError(`${paths.manifest} cannot be read: ${error.message}`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
      cause: error,
    });
  }
}
