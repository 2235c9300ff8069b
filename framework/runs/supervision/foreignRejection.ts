import { errorText } from "../../text/errorText";
import { isError } from "../../text/isError";

/**
 * Calls `note` with what an unhandled rejection threw where that is no Error: Node's own message has only "#<Object>" for
 * it. The process then ends as it would have, and a script that listens to unhandled rejections decides for itself.
 */
export function noteForeignRejection(note: (text: string) => void): void {
  const event = "unhandledRejection";
  const onRejection = (reason: unknown) => {
    if (process.listenerCount(event) > 1) return;
    process.removeListener(event, onRejection);
    if (!isError(reason)) note(errorText(reason));
    // Rejected again and not thrown: Node shows the line that threw it first.
    void Promise.reject(reason);
  };
  process.on(event, onRejection);
}
