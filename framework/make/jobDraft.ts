import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { pascalName } from "../metadata/pascalName";
import { filledStub } from "./stub";

/** A handler that can be written. */
export interface JobDraft {
  name: string;
  file: string;
  text: string;
}

/** Composes a new handler. Everything is checked here, so that nothing is written when anything is wrong. */
export function draftJob(typed: string): JobDraft {
  const name = pascalName(typed.replace(/^app\/jobs\//, ""));
  if (name === undefined) {
    throw new LajuError(`${JSON.stringify(typed)} is not a job's name`, {
      code: "E_NAME",
      exitStatus: 2,
      hint: "Use letters and digits, starting with a letter, such as SendInvoice.",
    });
  }
  const app = "../".repeat(name.split("/").length).slice(0, -1);
  return { name, file: join(paths.jobs, `${name}.ts`), text: filledStub("job.stub", { name, app }) };
}
