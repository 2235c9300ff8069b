import { formatDuration } from "../../config/duration";
import { lookInLedger } from "../../runs/ledger/ledgerFile";
import { type Notice, unsentNotices } from "../../runs/notices/notices";
import { printableLine } from "../../text/printable";
import { bad, fine, type LocalCheck } from "../check";

/** How long a notice normally waits for its sender at most, in milliseconds. */
const usualWait = 600_000;

/** Reports notices that could not be delivered: nobody knows about those failures. */
export const notices: LocalCheck = {
  name: "notices",
  look() {
    const now = Date.now();
    const unsent = lookInLedger((ledger) => unsentNotices(ledger)) ?? { waiting: [], givenUp: [] };
    // A notice without an error has not failed: a sender may be delivering it right now.
    const late = unsent.waiting.filter(
      ({ error, createdAt }) => error !== null || now - createdAt > usualWait,
    );
    const cure = "Run `node laju notices:send`, which retries them and shows the error.";
    if (late.length > 0) {
      const [first] = late as [Notice];
      const age = formatDuration(Math.max(1_000, Math.floor((now - first.createdAt) / 1_000) * 1_000));
      return bad(
        `${counted(late.length)} undelivered for ${age}, to ${receiver(first)}${reason(first)}`,
        cure,
      );
    }
    const [lost] = unsent.givenUp;
    if (lost === undefined) return fine("none pending");
    return bad(
      `${counted(unsent.givenUp.length)} given up as undeliverable, to ${receiver(lost)}${reason(lost)}`,
      "Run `node laju notices:test`, which shows the error. This warning disappears once a notice has been sent.",
    );
  },
};

function counted(count: number): string {
  return count === 1 ? "1 notice" : `${count} notices`;
}

/** Omits the path of a URL, which is a secret. */
function receiver({ channel }: Notice): string {
  if (channel.startsWith("mail:")) return channel.slice("mail:".length);
  return channel.startsWith("ping:") ? new URL(channel.slice("ping:".length)).host : "the webhook";
}

function reason({ error }: Notice): string {
  return error === null ? "" : `: ${printableLine(error)}`;
}
