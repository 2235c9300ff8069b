import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import { jobNames as namesIn } from "../queue/jobFiles";
import type { CommandProblem } from "../schedule/manifest";
import { checkJob } from "../schedule/readJob";
import { describeError } from "./showError";

/** The names of all handlers in app/jobs, whatever state their files are in. */
export function jobNames(): string[] {
  return namesIn(paths.jobs);
}

export function jobFile(name: string): string {
  return `app/jobs/${name}.ts`;
}

/** What is wrong with handlers' files. Nothing is executed, and one bad file does not hide the others. */
export function jobProblems(names = jobNames()): CommandProblem[] {
  return names.flatMap((name) => {
    const file = jobFile(name);
    try {
      checkName(name, file);
      checkJob(readFileSync(join(paths.root, file), "utf8"), file, name);
      return [];
    } catch (error) {
      if (!(error instanceof LajuError)) throw error;
      return [{ file, message: describeError(error) }];
    }
  });
}

function checkName(name: string, file: string): void {
  if (/^\w[\w./-]*$/.test(name) && name.length <= 190) return;
  throw new LajuError(`${file}  ${JSON.stringify(name)} is not a job's name`, {
    code: "E_NAME",
    hint: "Use letters, digits, - and _ in the names of files and folders, such as SendInvoice.ts.",
  });
}
