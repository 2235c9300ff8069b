import { errorMessage } from "../../text/errorText";

/** How many characters of the error to keep: enough for any cause, but not a whole logged HTML page. */
const longest = 2_000;

let logged: string | undefined;
let printed: string | undefined;

/** Called for each logged error. Keeps only the first, because later errors are often its consequences. */
export function noteLoggedError(message: unknown, error: unknown): void {
  if (logged !== undefined) return;
  const text = errorMessage(message, longest);
  const reason = error === undefined || error === null ? "" : errorMessage(error, longest);
  logged = errorMessage(reason === "" || reason === text ? text : `${text}: ${reason}`, longest);
}

/** Called for each console.error. A logged error takes precedence, because console.error also prints mere warnings. */
export function notePrintedError(text: () => string): void {
  printed ??= errorMessage(text(), longest);
}

/** The first error that this process logged, if any. */
export function firstLoggedError(): string | undefined {
  return logged ?? printed;
}
