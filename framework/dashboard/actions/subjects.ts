import { findCommand, readCatalog } from "../../catalog/catalog";
import { LajuError } from "../../config/errors";
import type { DeployedCommand } from "../../metadata/overrides";
import type { Run } from "../../runs/ledger/run";
import { runAt } from "../pages/run";

/** The command named in the URL. Throws a LajuError if there is none. */
export function commandIn(about: URLSearchParams): DeployedCommand {
  return findCommand(about.get("command") ?? "", readCatalog().commands);
}

/** The run named in the URL. Throws a LajuError if there is none. */
export function runIn(about: URLSearchParams): Run {
  const found = runAt(about.get("run") ?? "");
  if (found !== undefined) return found;
  throw new LajuError(`there is no run ${about.get("run")}`, { code: "E_NO_RUN" });
}

/** The path of a command's page, relative to the home page. */
export function commandPlace(name: string): string {
  return `commands/${name.split("/").map(encodeURIComponent).join("/")}`;
}

/** The error to throw if the subject of an action is not in a state to be changed. */
export function nothingToDo(message: string): LajuError {
  return new LajuError(message, { code: "E_NOTHING_TO_DO" });
}
