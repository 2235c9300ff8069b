import { verb } from "../../framework/cli/verb";
import { findHangsBySkips } from "../../framework/monitor/findHangs";
import { noticeSubjects } from "../../framework/monitor/noticeSubjects";
import { waitForLedger } from "../../framework/runs/ledger/waitForLedger";
import { sendNotices } from "../../framework/runs/notices/sendNotices";
import { printableLine } from "../../framework/text/printable";

/** How long to wait for a locked ledger, in milliseconds. After that, the monitor sends the notifications later. */
const patienceMs = 60_000;

export default verb({
  examples: [["notices:send", "Retry undelivered notifications now"]],
  options: {},
  details: `Sends the notifications that are waiting in the ledger. You rarely need this verb: a failed run starts it, and laju
monitor retries what could not be sent. If another process has locked the ledger, it waits for up to a minute.`,
  async run() {
    if (!(await waitForLedger(Date.now() + patienceMs))) return 0;
    findHangsBySkips();
    const { sent, failed } = await sendNotices(noticeSubjects(), { until: Date.now() + 60_000 });
    for (const { name, event, channel } of sent) console.log(`Sent: ${name} ${event}, ${receiver(channel)}`);
    for (const { notice, error } of failed) {
      console.error(
        `Not sent: ${notice.name} ${notice.event}, ${receiver(notice.channel)}: ${printableLine(error)}`,
      );
    }
    return failed.length > 0 ? 1 : 0;
  },
});

/** Leaves out the path of a ping URL, because it is secret. */
function receiver(channel: string): string {
  return channel.startsWith("ping:") ? `ping ${new URL(channel.slice(5)).host}` : channel;
}
