import { formatDuration } from "../../config/duration";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { type Notice, unsentNotices } from "../../runs/notices/notices";
import { printableLine } from "../../text/printable";
import { bad, fine, type LocalCheck } from "../check";

/** For so long a notice may wait for a sender that is under way, in milliseconds. */
const usualWait = 600_000;

/** Whether notices wait that nobody takes, or were given up: then a failure was told to nobody. */
export const notices: LocalCheck = {
  name: "notices",
  look() {
    const now = Date.now();
    const unsent = lookInLedger((ledger) => unsentNotices(ledger)) ?? { waiting: [], givenUp: [] };
    // One that a sender has in hand has failed only if it says why.
    const late = unsent.waiting.filter(
      ({ error, createdAt }) => error !== null || now - createdAt > usualWait,
    );
    const cure = "Run `node laju notices:send`, which tries again and says what is wrong.";
    if (late.length > 0) {
      const [first] = late as [Notice];
      const age = formatDuration(Math.max(1_000, Math.floor((now - first.createdAt) / 1_000) * 1_000));
      return bad(`${counted(late.length)} not sent for ${age}, to ${receiver(first)}${reason(first)}`, cure);
    }
    const [lost] = unsent.givenUp;
    if (lost === undefined) return fine("none waits");
    return bad(
      `${counted(unsent.givenUp.length)} given up, which nobody took in time, to ${receiver(lost)}${reason(lost)}`,
      "Run `node laju doctor`, which tries the mail server; this ends with the next notice that is sent.",
    );
  },
};

function counted(count: number): string {
  return count === 1 ? "1 notice was" : `${count} notices were`;
}

/** Without the path of a URL, which is its secret. */
function receiver({ channel }: Notice): string {
  if (channel.startsWith("mail:")) return channel.slice("mail:".length);
  return channel.startsWith("ping:") ? new URL(channel.slice("ping:".length)).host : "the webhook";
}

function reason({ error }: Notice): string {
  return error === null ? "" : `: ${printableLine(error)}`;
}
