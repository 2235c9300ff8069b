import { verb } from "../../framework/cli/verb";
import { findHangsBySkips } from "../../framework/monitor/findHangs";
import { noticeSubjects } from "../../framework/monitor/noticeSubjects";
import { waitForLedger } from "../../framework/runs/ledger/waitForLedger";
import { sendNotices } from "../../framework/runs/notices/sendNotices";
import { printableLine } from "../../framework/text/printable";

/** A ledger that another process keeps for longer, the monitor finds free again. */
const patienceMs = 60_000;

export default verb({
  options: {},
  details: `Sends what waits in the ledger's outbox. A run that failed starts this by itself, and laju monitor does the same for
whatever could not be sent; there is seldom a reason to call it by hand. While another process has the ledger locked, it
waits, for a minute at the longest.`,
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

/** Without the path of a ping's URL, which is its secret. */
function receiver(channel: string): string {
  return channel.startsWith("ping:") ? `ping ${new URL(channel.slice(5)).host}` : channel;
}
