import { LajuError } from "../../../config/errors";
import { nearest } from "../../../text/similar";

export function stuckHandler(type: string, milliseconds: number): LajuError {
  return new LajuError(
    `app/jobs/${type}.ts went on for ${milliseconds / 1000} s after its time was up, so the worker ended`,
    {
      code: "E_JOB_STUCK",
      hint: "Pass `signal` on to what the handler waits for, or check signal.aborted. pm2 or systemd starts the worker again.",
    },
  );
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
