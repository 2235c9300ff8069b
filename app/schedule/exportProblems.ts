import { LajuError } from "../errors";
import type { ExportProblem } from "./exportTypes";

/** One thing that a command asks for and the other scheduler cannot do. */
export interface NamedProblem extends ExportProblem {
  readonly command: string;
  /** What asks for it: `schedule "0 0 L * *"`, `overlap "wait"`. */
  readonly subject: string;
}

/** Stops an export that could only be an approximation. Names every command that is in its way. */
export function refuseProblems(target: string, problems: readonly NamedProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(
    ({ command, subject, reason, remedy }) => `  ${command}: ${subject} ${reason}\n    ${remedy}`,
  );
  const names = [...new Set(problems.map(({ command }) => command))];
  const [first] = names;
  const who = names.length === 1 ? first : `${first} and ${names.length - 1} more`;
  throw new LajuError(`${target} cannot do what ${who} needs\n${lines.join("\n")}`, {
    code: "E_EXPORT",
    exitStatus: 2,
    hint: "Nothing was written: an export is exact or not at all. The crontab takes all of them.",
  });
}

/** A path that is to stand on a line of its own. */
export function checkPath(command: string, path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what such a line must not hold.
  if (!/[\u0000-\u001f\u007f]|^\s|\s$/.test(path)) return;
  throw new LajuError(`${command} has the path ${JSON.stringify(path)}, which such a file cannot hold`, {
    code: "E_EXPORT",
    exitStatus: 2,
    hint: "Rename the folder or file: no control characters, and no blank at its ends.",
  });
}

export function checkUser(user: string): void {
  if (/^[A-Za-z_][\w.-]*\$?$/.test(user)) return;
  throw new LajuError(`${JSON.stringify(user)} is not a user's name`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Name the user who shall run the commands, such as --user deploy.",
  });
}
