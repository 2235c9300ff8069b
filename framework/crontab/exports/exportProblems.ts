import { LajuError } from "../../config/errors";
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

/** A path on a line by itself. systemd drops lines with characters that Unicode reserves, such as U+FFFE. */
export function checkPath(command: string, path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what such a line must not hold.
  if (!/[\u0000-\u001f\u007f]|\p{Noncharacter_Code_Point}|^\s|\s$/u.test(path)) return;
  throw new LajuError(`${command} has the path ${JSON.stringify(path)}, which such a file cannot hold`, {
    code: "E_EXPORT",
    exitStatus: 2,
    hint: "Rename the folder or file: no control or reserved characters, and no blank at its ends.",
  });
}

/** Two commands must not share a file in the other scheduler: the second would replace the first. */
export function checkNames(
  files: readonly { name: string; command: string }[],
  { place, rule }: { place: string; rule: string },
): void {
  const owners = new Map<string, string>();
  for (const { name, command } of files) {
    const other = owners.get(name);
    owners.set(name, command);
    if (other === undefined) continue;
    throw new LajuError(`${other} and ${command} would both be ${name} in ${place}`, {
      code: "E_EXPORT",
      exitStatus: 2,
      hint: `Rename one: ${rule}.`,
    });
  }
}

export function checkUser(user: string): void {
  if (/^[A-Za-z_][\w.-]*\$?$/.test(user)) return;
  throw new LajuError(`${JSON.stringify(user)} is not a user's name`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Name the user who shall run the commands, such as --user deploy.",
  });
}
