import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LajuError } from "../../config/errors";
import { writeAtomically } from "../../files/writeAtomically";
import type { ExportFormat } from "./crontabExport";
import type { ExportedFile } from "./exportTypes";

/** All files as one stream on stdout. */
export function printFiles(files: readonly ExportedFile[], format: ExportFormat): void {
  process.stdout.write(files.map((file) => format.separator(file) + file.text).join(""));
}

/** Writes each file atomically to a folder, and prints their paths to stdout. */
export function writeFiles(files: readonly ExportedFile[], folder: string): void {
  attempt(folder, () => mkdirSync(folder, { recursive: true }));
  for (const { name, text } of files) {
    const path = join(folder, name);
    // The files must be readable by systemd, cron and kubectl, which may run as other users.
    attempt(path, () => writeAtomically(path, text, { mode: 0o644 }));
    console.log(path);
  }
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new LajuError(`${path} cannot be written: ${error.message}`, {
      code: "E_EXPORT_OUTPUT",
      hint: "Choose a folder with --out that this user may write to.",
      cause: error,
    });
  }
}
