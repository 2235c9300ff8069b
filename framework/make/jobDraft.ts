import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { pascalName } from "../metadata/pascalName";
import { filledStub, hasOwnStub } from "./stub";

/** A job handler ready to be written. */
export interface JobDraft {
  name: string;
  file: string;
  text: string;
  /** Example data as source text; undefined for an app's own stub, which may expect other data. */
  data?: string | undefined;
}

/** Drafts a new job handler. Validates the name, so that no file is written if it is invalid. */
export function draftJob(typed: string): JobDraft {
  const name = pascalName(typed.replace(/^app\/jobs\//, ""));
  if (name === undefined) {
    throw new LajuError(`${JSON.stringify(typed)} is not a job name`, {
      code: "E_NAME",
      exitStatus: 2,
      hint: "Use letters and digits, starting with a letter, such as SendInvoice.",
    });
  }
  const app = "../".repeat(name.split("/").length).slice(0, -1);
  const text = filledStub("job.stub", { name, app });
  return {
    name,
    file: join(paths.jobs, `${name}.ts`),
    text,
    data: hasOwnStub("job.stub") ? undefined : "{ id: 7 }",
  };
}

/** Drafts the command that processes jobs. Every app with a handler needs it. */
export function draftWorker(): { file: string; text: string } {
  return { file: join(paths.commands, "Worker.ts"), text: filledStub("worker.stub", {}) };
}
