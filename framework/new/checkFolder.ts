import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { LajuError } from "../config/errors";

/** The files that hosting services put into new repositories. If there is a README, the template's is not written. */
const welcome = /^(\.git|readme(\.\w+)?|licen[sc]e(\.\w+)?)$/i;

/** Throws a LajuError if the folder contains other files than those above, or can't be written to. */
export function checkFolder(folder: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: crontab lines can't contain them.
  if (/[\u0000-\u001f\u007f]/.test(folder)) {
    throw new LajuError(`the path ${JSON.stringify(folder)} contains a control character`, {
      code: "E_FOLDER",
      hint: "A crontab cannot contain such a path. Choose another name.",
    });
  }
  checkWritable(folder);
  if (!existsSync(folder)) return;
  const inTheWay = readdirSync(folder).filter((name) => !welcome.test(name));
  if (inTheWay.length === 0) return;
  const shown = inTheWay.sort().slice(0, 8).join(", ");
  const more = inTheWay.length > 8 ? ` and ${inTheWay.length - 8} more` : "";
  throw new LajuError(
    `${folder} is not empty: ${shown}${more} ${inTheWay.length === 1 ? "is" : "are"} already there`,
    {
      code: "E_FOLDER",
      hint: "Choose a new folder, or one that contains only .git, README or LICENSE.",
    },
  );
}

function checkWritable(folder: string): void {
  const existing = nearestExisting(folder);
  if (!statSync(existing).isDirectory()) {
    throw new LajuError(`${existing} is a file`, { code: "E_FOLDER", hint: "Choose another folder." });
  }
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = cause.code === "EROFS" ? "it is on a read-only file system" : "permission denied";
    throw new LajuError(`cannot write to ${existing}: ${reason}`, {
      code: "E_FOLDER",
      hint: "Choose a folder to which this user can write.",
      cause,
    });
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
