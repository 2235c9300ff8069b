import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { LajuError } from "./errors";

/** Why no app was found, and which package.json should contain the `laju` field. `folder` is where the search began. */
export function rootProblem(folder: string): LajuError {
  const file = nearestDescription(folder);
  if (file === undefined) {
    return new LajuError(`there is no package.json in ${folder} or any folder above it`, {
      code: "E_ROOT",
      hint: 'The app\'s folder is the one whose package.json has a "laju" field. Restore it, or set LAJU_ROOT.',
    });
  }
  return new LajuError(`${file} has no "laju" field`, {
    code: "E_ROOT",
    hint: "That field marks the app's folder. Add \"laju\": {} to the app's package.json, or set LAJU_ROOT.",
  });
}

/**
 * Prints an error that keeps a command or verb from starting, and exits. The usual ways of reporting an error need the
 * app's settings, which have not been read yet.
 */
export function exitWith({ message, hint }: LajuError): never {
  console.error(`✗ ${message}${hint === undefined ? "" : `\n  ${hint}`}`);
  process.exit(1);
}

function nearestDescription(folder: string): string | undefined {
  const file = join(folder, "package.json");
  if (existsSync(file)) return file;
  return folder === dirname(folder) ? undefined : nearestDescription(dirname(folder));
}
