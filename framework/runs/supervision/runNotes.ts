import { firstLoggedError } from "../../services/log/firstError";
import { errorText } from "../../text/errorText";
import type { RunResult } from "../ledger/journal";

/** What a run says about itself while it goes on. */
export interface RunNotes {
  noteResult(result: RunResult): void;
  noteError(error: unknown): void;
  noteErrorText(text: string): void;
  /** For its record. What a successful run logged as errors did not make it fail. */
  atEnd(isBad: boolean): RunResult & { error?: string | undefined; loggedError?: string | undefined };
}

export function runNotes(): RunNotes {
  let result: RunResult = {};
  let error: string | undefined;
  let loggedError: string | undefined;
  const noteErrorText = (text: string) => {
    if (error !== undefined) return;
    error = text;
    // Whatever is logged from here on only repeats it.
    loggedError = firstLoggedError();
  };
  return {
    noteResult(said) {
      result = said;
    },
    noteError: (thrown) => {
      if (error === undefined) noteErrorText(errorText(thrown));
    },
    noteErrorText,
    atEnd(isBad) {
      const cause = error === undefined ? firstLoggedError() : loggedError;
      return { ...result, error, loggedError: isBad ? cause : undefined };
    },
  };
}
