import { verb } from "../../framework/cli/verb";
import { LajuError } from "../../framework/config/errors";
import { monitor } from "../../framework/monitor/monitor";
import { reportPass } from "../../framework/monitor/monitorPing";
import type { MonitorReport } from "../../framework/monitor/monitorReport";
import { takeLock } from "../../framework/runs/lock/lock";
import { jsonText } from "../../framework/text/jsonText";
import { printableLine } from "../../framework/text/printable";

const longestMs = 240_000;

export default verb({
  options: { json: { type: "boolean", description: "Print what was found as JSON" } },
  details: `Finds starts that cron missed, runs that were lost and runs far over their usual duration, and what keeps commands
from running here, and tells of them where notices go; sends what could not be sent before, deletes old runs
(RUNS_KEEP_DAYS) and rotates logs (LOG_MAX_SIZE). At the end it calls the URL of MONITOR_PING, or URL/fail.
With MONITOR=true in .env, crontab:install adds an entry that runs it every five minutes.

Prints what is new and nothing else. Ends with status 1 when it could not do a part of its work itself.`,
  async run({ options }) {
    if (!takeLock(".monitor", { wait: false })) {
      console.error("Another monitor is at work.");
      return 0;
    }
    const { news, failures } = await passReported();
    if (options.json) console.log(jsonText({ news, failures }));
    else for (const line of news) console.log(stamped(line));
    for (const line of failures) console.error(stamped(line));
    return failures.length > 0 ? 1 : 0;
  },
});

/** A pass, of which MONITOR_PING hears however it ends. */
async function passReported(): Promise<MonitorReport> {
  try {
    const report = await Promise.race([monitor(), tooLong()]);
    const failure = await reportPass(report);
    return failure === undefined ? report : { ...report, failures: [...report.failures, failure] };
  } catch (error) {
    await reportPass({ news: [], failures: [error.message] });
    throw error;
  }
}

/** Its log is read weeks later. */
function stamped(line: string): string {
  return `${new Date().toISOString()} ${printableLine(line)}`;
}

function tooLong(): Promise<never> {
  return new Promise((_, reject) => {
    const error = new LajuError(`the monitor was not done after ${longestMs / 60_000} minutes`, {
      code: "E_MONITOR",
      hint: "The next one goes on where it stood.",
    });
    setTimeout(() => reject(error), longestMs).unref();
  });
}
