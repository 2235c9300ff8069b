import { join } from "node:path";
import { paths } from "../config/config";
import { newName } from "./newName";
import { filledStub, hasOwnStub } from "./stub";

/** A generated job handler that has not been written yet. */
export interface JobDraft {
  name: string;
  file: string;
  text: string;
  /** Example data, as source text. Undefined with the app's own stub, whose job may need different data. */
  data?: string | undefined;
}

/** Drafts a new job handler. Checks the name first, so that nothing is written if it is invalid. */
export function draftJob(typed: string): JobDraft {
  const name = newName("job", typed);
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
