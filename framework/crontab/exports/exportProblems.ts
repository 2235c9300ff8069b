import { LajuError } from "../../config/errors";
import type { ExportProblem } from "./exportTypes";

/** Something that the named command needs but the other scheduler does not support. */
export interface NamedProblem extends ExportProblem {
  readonly command: string;
  /** The field whose value the other scheduler does not support, such as `schedule "0 0 L * *"` or `overlap "wait"`. */
  readonly subject: string;
}

/** Throws an error that lists every problem, if there are any: an export must be exact. */
export function refuseProblems(target: string, problems: readonly NamedProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(
    ({ command, subject, reason, remedy }) => `  ${command}: ${subject} ${reason}\n    ${remedy}`,
  );
  const names = [...new Set(problems.map(({ command }) => command))];
  const [first] = names;
  const who = names.length === 1 ? first : `${first} and ${names.length - 1} more`;
  throw new LajuError(`${target} does not support what ${who} needs\n${lines.join("\n")}`, {
    code: "E_EXPORT",
    exitStatus: 2,
    hint: "Nothing was written, because an export must be exact. The crontab supports all of this.",
  });
}

/**
 * Checks a path that the file will contain on a separate line. systemd drops lines with Unicode noncharacters such as
 * U+FFFE.
 */
export function checkPath(command: string, path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: rejects control characters.
  if (!/[\u0000-\u001f\u007f]|\p{Noncharacter_Code_Point}|^\s|\s$/u.test(path)) return;
  throw new LajuError(`${command} has the path ${JSON.stringify(path)}, which a unit file cannot contain`, {
    code: "E_EXPORT",
    exitStatus: 2,
    hint: "Rename the folder or file. Its name must not contain control or reserved characters, or begin or end with a space.",
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
    throw new LajuError(`${other} and ${command} would both be called ${name} in ${place}`, {
      code: "E_EXPORT",
      exitStatus: 2,
      hint: `Rename one: ${rule}.`,
    });
  }
}

export function checkUser(user: string): void {
  if (/^[A-Za-z_][\w.-]*\$?$/.test(user)) return;
  throw new LajuError(`${JSON.stringify(user)} is not a user name`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Name the user who should run the commands, such as --user deploy.",
  });
}
