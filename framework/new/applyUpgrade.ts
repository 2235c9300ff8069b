import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { LajuError } from "../config/errors";
import { writeAtomically } from "../files/writeAtomically";
import type { UpgradePlan } from "./planUpgrade";
import { git, isMissing, missingProgram, run } from "./programs";

/** Writes the planned changes. Throws a LajuError if they could not be undone with git. */
export function applyUpgrade(root: string, { changes }: UpgradePlan): void {
  checkRepository(root);
  for (const { path, text } of changes) {
    const file = join(root, path);
    if (text === undefined) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    const mode = file.endsWith(".sh") ? 0o777 & ~process.umask() : "umask";
    writeAtomically(file, text, { mode, keepsMode: true });
  }
}

/** Matches the files that installing a new laju changes. Only these may have uncommitted changes. */
const installed =
  /^(package(-lock)?\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|node_modules\/.*|(.*\/)?laju-[^/]*\.tgz|vendor\/)$/;

function checkRepository(root: string): void {
  if (isMissing(run("git", ["--version"], root).error)) throw missingProgram("git");
  const prefix = git(root, ["rev-parse", "--show-prefix"]);
  if (prefix === undefined) {
    throw new LajuError(`${root} is not in a git repository, so the changes could not be undone`, {
      code: "E_GIT",
      hint: 'Run git init && git add --all && git commit --message "Before the upgrade", then upgrade again.',
    });
  }
  const status = git(root, ["status", "--porcelain", "--no-renames", "-z", "--", "."]) ?? "";
  const changed = status.split("\0").flatMap((line) => (line === "" ? [] : [line.replace(/^.{2} /, "")]));
  const others = changed.map((path) => path.slice(prefix.length)).filter((path) => !installed.test(path));
  if (others.length === 0) return;
  throw new LajuError(`git has uncommitted changes: ${others.slice(0, 5).join(", ")}`, {
    code: "E_GIT",
    hint: "Commit or stash them, so that the upgrade's changes are the only ones.",
  });
}
