import { listRuns } from "../runs/ledger";
import { findCommand, readCatalog } from "./catalog";

/** The name of a command; one whose file is gone still has its history. Throws a LajuError for any other. */
export function recordedName(name: string): string {
  if (listRuns({ name, limit: 1 }).length > 0) return name;
  return findCommand(name, readCatalog().commands).name;
}
