import { LajuError } from "../../config/errors";
import { type JobState, jobStates } from "../../queue/jobRecord";
import { closest } from "../../text/similar";

/** The words for job states in tables. `--state` accepts these words and those in the `jobs` table. */
export const stateWords: Record<JobState, string> = {
  scheduled: "scheduled",
  pending: "ready",
  parked: "parked",
  processing: "leased",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

/** Parses a list of states such as "failed,ready". */
export function readStates(text: string): JobState[] {
  return text.split(",").map((word) => stateOf(word.trim()));
}

function stateOf(word: string): JobState {
  const found = jobStates.find((state) => state === word || stateWords[state] === word);
  if (found !== undefined) return found;
  const words = Object.values(stateWords);
  const near = closest(word, [...words, ...jobStates]);
  throw new LajuError(`"${word}" is not a job state`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: near === undefined ? `The states are ${words.join(", ")}.` : `Did you mean ${near}?`,
  });
}
