import { LajuError } from "../../errors";
import { nearest } from "../../services/nearest";
import type { Handlers } from "../handlers";

export function unknownType(type: string, handlers: Handlers): LajuError {
  const [close] = nearest(type, [...handlers.keys()], 1);
  return new LajuError(`no handler app/jobs/${type}.ts${inThisBuild()}`, {
    code: "E_JOB_TYPE",
    hint: close === undefined ? "Write it with job(…), then queue the job again." : `Did you mean ${close}?`,
  });
}

/** `--types` names no handler. */
export function unknownTypes(type: string, known: string[]): LajuError {
  const [close] = nearest(type, known, 1);
  return new LajuError(`no handler app/jobs/${type}.ts${inThisBuild()}`, {
    code: "E_JOB_TYPE",
    exitStatus: 2,
    hint: close === undefined ? `There are ${known.join(", ") || "none"}.` : `Did you mean ${close}?`,
  });
}

/** The file may well be there, and newer than the build. */
function inThisBuild(): string {
  return typeof LAJU_BUILT === "undefined" ? "" : " in this build (npm run build takes in what is new)";
}
