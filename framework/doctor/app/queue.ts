import { LajuError } from "../../config/errors";
import { handlerNames } from "../../views/queue/knownTypes";
import { isOnServer, withQueue } from "../../views/queue/openQueue";
import { aliveWorkers, queueLine, queueTroubles, readQueueState } from "../../views/queue/queueState";
import { bad, type Check, fine, warning } from "../check";
import { scheduledCommands } from "./scheduled";

export const queue: Check = {
  name: "queue",
  async look() {
    const isUsed = handlerNames().length > 0;
    if (!isUsed && isOnServer()) return fine("not used");
    try {
      return await found();
    } catch (error) {
      if (!(error instanceof LajuError) || error.code !== "E_QUEUE_TABLE") throw error;
      return isUsed ? bad(error.message, error.hint) : fine("not used");
    }
  },
};

async function found() {
  const state = await withQueue(readQueueState);
  const [trouble, ...more] = queueTroubles(
    state,
    scheduledCommands().some(({ name }) => name === "Worker"),
  );
  if (trouble === undefined) return fine(queueLine(state).replace(/^queue: /, ""));
  const text = [trouble, ...more].join("; ");
  if (state.total.failed === 0)
    return bad(text, "Start one with `pm2 start build/commands/Worker.js`, or under systemd.");
  const cure =
    "`node laju queue:list --state failed` shows the failed jobs; `node laju queue:retry all` retries them.";
  return aliveWorkers(state).length === 0 && more.length > 0 ? bad(text, cure) : warning(text, cure);
}
