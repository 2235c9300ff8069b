import { LajuError } from "../../errors";
import { nearest } from "../../services/nearest";
import type { Handlers } from "../handlers";

export function unknownType(type: string, handlers: Handlers): LajuError {
  const [close] = nearest(type, [...handlers.keys()], 1);
  return new LajuError(`no handler app/jobs/${type}.ts`, {
    code: "E_JOB_TYPE",
    hint: close === undefined ? "Write it with job(…), then queue the job again." : `Did you mean ${close}?`,
  });
}
