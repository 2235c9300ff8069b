import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const project = join(import.meta.dirname, "..", "..", "..");

/** A git repository that looks like a fresh clone of the project in which all current changes are committed. */
export function cloneProject({ withModules }: { withModules: boolean }): string {
  const clone = join(mkdtempSync(join(tmpdir(), "laju-clone-")), "laju");
  const listed = git(project, "ls-files", "--cached", "--others", "--exclude-standard", "-z");
  for (const file of listed.split("\0").filter((name) => name && existsSync(join(project, name)))) {
    cpSync(join(project, file), join(clone, file), { verbatimSymlinks: true });
  }
  git(clone, "init", "--quiet");
  git(clone, "add", "--all");
  git(clone, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "Clone");
  if (withModules) symlinkSync(join(project, "node_modules"), join(clone, "node_modules"));
  return clone;
}

/**
 * The files that git reports as changed or added. Leaves out the link to node_modules, which a real clone doesn't have.
 */
export function changesIn(clone: string): string {
  return git(clone, "status", "--porcelain", "--", ".", ":!node_modules");
}

function git(cwd: string, ...args: string[]): string {
  const ended = spawnSync("git", args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (ended.status !== 0) throw new Error(`git ${args[0]}: ${ended.error?.message ?? ended.stderr}`);
  return ended.stdout;
}
