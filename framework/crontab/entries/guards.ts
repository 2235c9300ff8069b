/** A test that a shell makes before the command starts: a value and the patterns that let it pass. */
export interface ShellTest {
  /** A shell word, such as `"$(date +%u)"`. */
  readonly word: string;
  readonly patterns: readonly string[];
}

/**
 * The guard of a crontab line, up to where the command stands; ` ;; esac` closes it. Every test but the last
 * ends the shell when it fails. `case` and not `[ … ] &&`, whose "no" is an exit status that reads as a failure.
 */
export function guardText(tests: readonly ShellTest[]): string | undefined {
  const last = tests.at(-1);
  if (!last) return undefined;
  const earlier = tests.slice(0, -1).map((test) => `${opening(test)};; *) exit;; esac; `);
  return earlier.join("") + opening(last);
}

function opening({ word, patterns }: ShellTest): string {
  return `case ${word} in ${patterns.join("|")})`;
}

/**
 * Programs by their path, and the clock by its zone: a line PATH=… or TZ=… above the block reaches the guard too. These
 * paths are the same on Debian, Fedora, Alpine, macOS and the BSDs.
 */
export const date = "/bin/date";
export const sleep = "/bin/sleep";

/** `date` in a zone, or on the system's clock. */
export function dateCommand(timezone: string | undefined): string {
  return `TZ=${timezone ?? ":/etc/localtime"} ${date}`;
}
