import { LajuError } from "../config/errors";
import { pascalName } from "./pascalName";

/** A command's name from user input. Throws a LajuError if the input cannot be a name. */
export function commandName(typed: string): string {
  const name = pascalName(typed.replace(/^commands\//, ""));
  if (name === undefined) throw badName(typed);
  if (name.startsWith("native/") || name === "Index") {
    throw badName(typed, "commands/native/ and commands/index.ts belong to laju.");
  }
  return name;
}

function badName(
  typed: string,
  hint = "Use letters and digits, starting with a letter, such as SendDailyEmails.",
): LajuError {
  return new LajuError(`${JSON.stringify(typed)} is not a command name`, {
    code: "E_NAME",
    exitStatus: 2,
    hint,
  });
}
