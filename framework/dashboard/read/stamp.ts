import { statSync } from "node:fs";
import { paths } from "../../config/config";
import { journalFile } from "../../runs/ledger/journal";

/** What changes when a run begins or ends, or somebody pauses, acknowledges, builds or edits schedule.json. */
const files = [
  journalFile,
  paths.ledger,
  `${paths.ledger}-wal`,
  paths.pauses,
  paths.schedule,
  paths.manifest,
];

/** Tells whether anything of the commands has changed: a look at six files, however large they are. */
export function stampOf(): string {
  return files.map(fileStamp).join(" ");
}

function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "-" : `${stat.ino}.${stat.size}.${stat.mtimeMs}`;
}
