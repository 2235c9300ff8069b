import { existsSync, mkdirSync } from "node:fs";
import { dirname, relative } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { writeAtomically } from "../files/writeAtomically";

/** Writes a generated file. Replaces an existing file only with `force`. */
export function writeNewFile({ file, text }: { file: string; text: string }, force: boolean): void {
  if (existsSync(file) && !force) {
    throw new LajuError(`${relative(paths.root, file)} already exists`, {
      code: "E_EXISTS",
      hint: "Use --force to replace it.",
    });
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeAtomically(file, text, { mode: "umask" });
  } catch (error) {
    throw new LajuError(`${file} cannot be written: ${error.message}`, { code: "E_WRITE", cause: error });
  }
}

/**
 * Writes a second file that belongs to a generated one, such as its test, unless it exists. Returns its path relative
 * to the root if it was written.
 */
export function writeIfMissing(draft: { file: string; text: string } | undefined): string | undefined {
  if (draft === undefined || existsSync(draft.file)) return undefined;
  writeNewFile(draft, false);
  return relative(paths.root, draft.file);
}
