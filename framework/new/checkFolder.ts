import { existsSync, readdirSync, statSync } from "node:fs";
import { LajuError } from "../config/errors";

/** What a fresh repository on a hosting service holds. README gives way to the app's own. */
const welcome = /^(\.git|readme(\.\w+)?|licen[sc]e(\.\w+)?)$/i;

/** Throws a LajuError where the folder holds anything that a new app could overwrite or mix with. */
export function checkFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new LajuError(`${folder} is a file`, { code: "E_FOLDER", hint: "Name another folder." });
  }
  const inTheWay = readdirSync(folder).filter((name) => !welcome.test(name));
  if (inTheWay.length === 0) return;
  const shown = inTheWay.sort().slice(0, 8).join(", ");
  const more = inTheWay.length > 8 ? ` and ${inTheWay.length - 8} more` : "";
  throw new LajuError(
    `${folder} is not empty: ${shown}${more} ${inTheWay.length === 1 ? "is" : "are"} in the way`,
    {
      code: "E_FOLDER",
      hint: "Name a new folder, or one that holds nothing but .git, README or LICENSE.",
    },
  );
}
