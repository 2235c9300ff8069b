import { settings } from "../../config/config";
import { type Check, fine, warning } from "../check";

/** Whether somebody notices when cron itself has stopped, and the monitor, which it starts, with it. */
export const monitor: Check = {
  name: "monitor",
  look() {
    const { hasMonitor, monitorPing, notices } = settings();
    const isTold = notices.mailTo.length > 0 || notices.webhookUrl !== undefined;
    const install = "in .env, then run `node laju crontab:install`.";
    if (monitorPing !== undefined) {
      const { host } = new URL(monitorPing);
      if (hasMonitor) return fine(`reports to ${host} at each pass`);
      return warning(
        `MONITOR_PING names ${host}, and no monitor reports to it`,
        `Set MONITOR=true ${install}`,
      );
    }
    if (!isTold) return fine(hasMonitor ? "every five minutes; nobody is told" : "not set up");
    return warning(
      "nobody hears when cron itself stops: the monitor stops with it",
      `Set MONITOR_PING to the URL of a check at Healthchecks.io or the like${hasMonitor ? "" : ", and MONITOR=true,"} ${install}`,
    );
  },
};
