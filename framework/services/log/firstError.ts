import { errorMessage } from "../../text/errorText";

/** A cause fits into this; a logged page of HTML does not have to. */
const longest = 2_000;

let logged: string | undefined;
let printed: string | undefined;

/** Called for each error that is logged. The first one is kept: later ones are often its consequences. */
export function noteLoggedError(message: unknown, error: unknown): void {
  if (logged !== undefined) return;
  const said = errorMessage(message, longest);
  const why = error === undefined || error === null ? "" : errorMessage(error, longest);
  logged = errorMessage(why === "" || why === said ? said : `${said}: ${why}`, longest);
}

/** Called for each console.error. Warnings go there too, so a logged error counts for more. */
export function notePrintedError(text: () => string): void {
  printed ??= errorMessage(text(), longest);
}

/** The first error that this process logged, if any. */
export function firstLoggedError(): string | undefined {
  return logged ?? printed;
}
