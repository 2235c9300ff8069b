import { dirname } from "node:path";
import { paths } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import type { Run } from "../ledger/run";

/** How full the disk is that a run's output goes to, as it is typed into a shell. */
export function diskCommand(run: Pick<Run, "log"> | null | undefined): string {
  const folder = run?.log == null ? paths.logs : dirname(run.log.file);
  return `df -h ${shellQuote(folder)}`;
}
