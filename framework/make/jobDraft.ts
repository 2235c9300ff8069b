import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { pascalName } from "../metadata/pascalName";
import { filledStub, hasOwnStub } from "./stub";

/** A generated job handler that has not been written yet. */
export interface JobDraft {
  name: string;
  file: string;
  text: string;
  /** Example data, as source text. Undefined with the app's own stub, whose job may need different data. */
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

/** Drafts the command that runs the worker, which every app with a job handler needs. */
export function draftWorker(): { file: string; text: string } {
  return { file: join(paths.commands, "Worker.ts"), text: filledStub("worker.stub", {}) };
}
