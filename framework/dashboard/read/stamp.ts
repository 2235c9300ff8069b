import { statSync } from "node:fs";
import { paths } from "../../config/config";
import { journalFile } from "../../runs/ledger/journal";

/**
 * These files change when a run starts or ends, or when someone pauses a command, acknowledges an incident, builds, or
 * edits schedule.json.
 */
const files = [
  journalFile,
  paths.ledger,
  `${paths.ledger}-wal`,
  paths.pauses,
  paths.schedule,
  paths.manifest,
];

/**
 * A text that changes whenever something about the commands changes. It costs six stat() calls, no matter how large the
 * files are.
 */
export function stampOf(): string {
  return files.map(fileStamp).join(" ");
}

function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "-" : `${stat.ino}.${stat.size}.${stat.mtimeMs}`;
}
