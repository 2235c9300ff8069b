import { existsSync, readdirSync, statSync } from "node:fs";
import { LajuError } from "../config/errors";

/** The files of a fresh repository on a hosting service. A README there replaces the template's. */
const welcome = /^(\.git|readme(\.\w+)?|licen[sc]e(\.\w+)?)$/i;

/** Throws a LajuError if the folder contains anything that a new app could overwrite or mix with. */
export function checkFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new LajuError(`${folder} is a file`, { code: "E_FOLDER", hint: "Choose another folder." });
  }
  const inTheWay = readdirSync(folder).filter((name) => !welcome.test(name));
  if (inTheWay.length === 0) return;
  const shown = inTheWay.sort().slice(0, 8).join(", ");
  const more = inTheWay.length > 8 ? ` and ${inTheWay.length - 8} more` : "";
  throw new LajuError(
    `${folder} is not empty: ${shown}${more} ${inTheWay.length === 1 ? "is" : "are"} in the way`,
    {
      code: "E_FOLDER",
      hint: "Choose a new folder, or one that contains only .git, README or LICENSE.",
    },
  );
}
