import { LajuError } from "../../config/errors";
import { HttpError } from "./httpNotice";

/** A hiccup is over in seconds; what is left after these attempts waits for the next `laju monitor`. */
const pausesMs = [0, 500, 2_000];

/** Sends something, and tries again after a hiccup. Throws when it is still not taken then. */
export async function tried(send: () => Promise<void>): Promise<void> {
  for (const [index, pause] of pausesMs.entries()) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await send();
    } catch (error) {
      if (index === pausesMs.length - 1 || !isPassing(error)) throw error;
    }
  }
}

/** Wrong settings and refusals do not mend themselves within seconds. */
function isPassing(error: unknown): boolean {
  if (error instanceof HttpError) return error.status >= 500 || error.status === 429;
  return !(error instanceof LajuError) || error.code === "E_MAIL_CONNECT";
}
