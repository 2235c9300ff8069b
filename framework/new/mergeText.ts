import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LajuError } from "../config/errors";
import { isMissing, missingProgram, run } from "./programs";

interface Texts {
  own: string;
  /** The version from which both other versions were made. */
  base: string;
  next: string;
}

/** Matches a conflict that `mergeText` wrote. */
export const conflict = /^<<<<<<< yours\n[\s\S]*?^>>>>>>> laju /m;

/** Merges a user's text with a new version's, as git does, with conflict markers where both changed the same lines. */
export function mergeText(
  texts: Texts,
  [from, to]: [string, string],
): { text: string; hasConflict: boolean } {
  const folder = mkdtempSync(join(tmpdir(), "laju-merge-"));
  try {
    const files = (["own", "base", "next"] as const).map((name) => {
      writeFileSync(join(folder, name), texts[name]);
      return join(folder, name);
    });
    const labels = ["yours", `laju ${from}`, `laju ${to}`].flatMap((label) => ["-L", label]);
    const { error, status, stdout, stderr } = run("git", ["merge-file", "-p", ...labels, ...files], folder);
    if (isMissing(error)) throw missingProgram("git");
    // The exit status of git merge-file is the number of conflicts, at most 127.
    if (status === null || status > 127) {
      throw new LajuError(`git merge-file failed: ${error?.message ?? stderr.trim()}`, { code: "E_MERGE" });
    }
    return { text: stdout, hasConflict: status > 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
