import { join } from "node:path";
import { describeError } from "../cli/describeError";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import type { CommandProblem } from "../metadata/manifest";
import { checkJob } from "../metadata/source/readJob";
import { jobNames as namesIn, otherCodeFiles } from "../queue/jobFiles";

/** The names of all handlers in app/jobs, including those with invalid files. */
export function jobNames(): string[] {
  return namesIn(paths.jobs);
}

export function jobFile(name: string): string {
  return `app/jobs/${name}.ts`;
}

/** The problems of handlers' files, found without executing any code. An invalid file doesn't affect the others. */
export function jobProblems(names = jobNames()): CommandProblem[] {
  return names.flatMap((name) => {
    const file = jobFile(name);
    try {
      checkName(name, file);
      checkJob(readText(join(paths.root, file)), file, name);
      return [];
    } catch (error) {
      if (!(error instanceof LajuError)) throw error;
      return [{ file, message: describeError(error) }];
    }
  });
}

/** Files in app/jobs that look like handlers but are not loaded as such. */
export function strayJobFiles(): CommandProblem[] {
  return otherCodeFiles(paths.jobs).map((path) => {
    const file = `app/jobs/${path}`;
    const renamed = `${file.replace(/\.\w+$/, "")}.ts`;
    const message = `${file}:1:1  only .ts files are handlers\n  Rename it to ${renamed}, or begin its name with _ if it contains no handler.`;
    return { file, message };
  });
}

function checkName(name: string, file: string): void {
  if (/^\w[\w./-]*$/.test(name) && name.length <= 190) return;
  throw new LajuError(`${file}  ${JSON.stringify(name)} is not a job name`, {
    code: "E_NAME",
    hint: "Use letters, digits, - and _ in the names of files and folders, such as SendInvoice.ts.",
  });
}
