import { LajuError } from "../config/errors";
import { pascalName } from "../metadata/pascalName";

/** What can be created, with the folder that may precede its name, and what a name looks like. */
const kinds = {
  command: {
    folder: "commands",
    hint: "Use letters and digits, starting with a letter, such as SendDailyEmails.",
  },
  job: { folder: "app/jobs", hint: "Use letters and digits, starting with a letter, such as SendInvoice." },
  migration: {
    folder: "app/migrations",
    hint: "Use letters, digits and _, starting with a letter, such as create_customers_table.",
  },
  test: { folder: "test", hint: "Use letters and digits, starting with a letter, such as Prices." },
};

export type Kind = keyof typeof kinds;

/** The name of a new file in PascalCase, with its folders. Throws a LajuError if the typed text is not a name. */
export function newName(kind: Exclude<Kind, "migration">, typed: string): string {
  const name = pascalName(bareName(kind, typed));
  if (name === undefined) throw badName(kind, typed);
  // A path such as app/jobs/SendInvoice was meant for another verb.
  if (kind !== "test" && /^(app|commands)\//.test(name)) throw badName(kind, typed);
  return name;
}

/** A name without the folder and the ending of its file, either of which people may type. */
export function bareName(kind: Kind, typed: string): string {
  const path = typed.replace(/^\.\//, "");
  const { folder } = kinds[kind];
  const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  return name.replace(kind === "test" ? /(\.test)?(\.ts)?$/ : /\.ts$/, "");
}

export function badName(kind: Kind, typed: string, hint = kinds[kind].hint): LajuError {
  return new LajuError(`${JSON.stringify(typed)} is not a ${kind} name`, {
    code: "E_NAME",
    exitStatus: 2,
    hint,
  });
}
