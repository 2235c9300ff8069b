import { settings } from "../../config/config";
import { type Check, fine, warning } from "../check";

/** Checks that someone would notice if cron itself stopped and, with it, the monitor. */
export const monitor: Check = {
  name: "monitor",
  look() {
    const { hasMonitor, monitorPing, notices } = settings();
    const hasRecipient = notices.mailTo.length > 0 || notices.webhookUrl !== undefined;
    const install = "in .env, then run `node laju crontab:install`.";
    if (monitorPing !== undefined) {
      const { host } = new URL(monitorPing);
      if (hasMonitor) return fine(`every pass pings ${host}`);
      return warning(
        `MONITOR_PING is set (${host}), but the monitor is off, so nothing pings it`,
        `Set MONITOR=true ${install}`,
      );
    }
    if (!hasRecipient) return fine(hasMonitor ? "every five minutes; notifies nobody" : "not set up");
    return warning(
      "nobody is notified if cron itself stops, because the monitor stops with it",
      `Set MONITOR_PING to the URL of a check at Healthchecks.io or similar${hasMonitor ? "" : ", and MONITOR=true,"} ${install}`,
    );
  },
};
