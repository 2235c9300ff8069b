import { statSync } from "node:fs";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import type { Manifest } from "../metadata/manifest";

/** Caches the manifest until its file changes, because verbs read it repeatedly. */
let last: { file: string; manifest: Manifest } | undefined;

/** The last build's manifest, which callers must not modify. Throws a LajuError if the app has not been built. */
export function readManifest(): Manifest {
  const stat = statSync(paths.manifest, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new LajuError(`the commands are not built: there is no ${paths.manifest}`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
    });
  }
  const file = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
  if (last?.file !== file) last = { file, manifest: parseManifest() };
  return last.manifest;
}

function parseManifest(): Manifest {
  try {
    return JSON.parse(readText(paths.manifest)) as Manifest;
  } catch (error) {
    throw new LajuError(`${paths.manifest} cannot be read: ${error.message}`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
      cause: error,
    });
  }
}
