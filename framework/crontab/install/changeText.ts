import type { Terminal } from "../../cli/terminal";
import type { CrontabChange, CrontabState } from "./installer";

const plain: Pick<Terminal, "paint"> = { paint: (_, text) => text };

/** The removed and added lines, and a summary, which ends with `outcome`. */
export function crontabDiffText(change: CrontabChange, { paint } = plain, outcome = ""): string {
  const lines = change.lines.map(({ sign, text }) =>
    paint(sign === "+" ? "green" : "red", `${sign} ${text}`),
  );
  const left = `${countOf(change.otherLines, "other line")} left alone`;
  const summary = `${[...counts(change), left].join(", ")}. ${outcome}`.trimEnd();
  return [`crontab of ${change.user}`, ...lines, summary].map((line) => `  ${line}\n`).join("");
}

/** One sentence about what changed. */
export function crontabSummary(change: CrontabChange): string {
  const what = counts(change).join(", ") || "no entries";
  if (!change.isWritten) return `Crontab was up to date: ${what}`;
  const backup = change.backup === undefined ? "" : `. Previous version in ${change.backup}`;
  return `Crontab updated: ${what}${backup}`;
}

/** One sentence about the crontab's state, and what to do about it. */
export function crontabStateText(
  state: CrontabState,
  { user }: Pick<CrontabChange, "user">,
  command = "node laju crontab:install",
): { message: string; hint?: string } {
  const message = `The crontab of ${user} ${states[state]}`;
  return state === "in order" ? { message } : { message, hint: `Run \`${command}\`.` };
}

const states: Record<CrontabState, string> = {
  "in order": "matches the build",
  "not installed": "has no entries of this app",
  "older than the build": "is older than the build",
  "newer than the build": "is newer than this build",
  different: "does not match this build",
  "edited by hand": "was edited by hand between this app's markers",
};

function counts(change: CrontabChange): string[] {
  const kinds = ["added", "changed", "removed", "unchanged"] as const;
  return kinds.filter((kind) => change[kind] > 0).map((kind) => `${change[kind]} ${kind}`);
}

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
