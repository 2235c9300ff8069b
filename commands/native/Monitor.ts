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
  examples: [["monitor", "Run the monitor once, as MONITOR=true does every five minutes"]],
  options: { json: { type: "boolean", description: "Print the findings as JSON" } },
  details: `Finds starts that cron missed, lost runs, runs far over their usual duration and whatever keeps commands from running
here, and notifies you. It also sends notifications that could not be sent before, deletes old runs (RUNS_KEEP_DAYS) and
rotates logs (LOG_MAX_SIZE). At the end it pings the URL in MONITOR_PING, or URL/fail if part of its own work failed.
With MONITOR=true in .env, crontab:install adds an entry that runs it every five minutes.

Prints only what is new. Exits with status 1 if part of its own work failed.`,
  async run({ options }) {
    if (!takeLock(".monitor", { wait: false })) {
      console.error("Another monitor is already running.");
      return 0;
    }
    const { news, failures } = await runReportedPass();
    if (options.json) console.log(jsonText({ news, failures }));
    else for (const line of news) console.log(stamped(line));
    for (const line of failures) console.error(stamped(line));
    return failures.length > 0 ? 1 : 0;
  },
});

/** Runs the monitor once, and pings MONITOR_PING with the outcome. */
async function runReportedPass(): Promise<MonitorReport> {
  try {
    const report = await Promise.race([monitor(), tooLong()]);
    const failure = await reportPass(report);
    return failure === undefined ? report : { ...report, failures: [...report.failures, failure] };
  } catch (error) {
    await reportPass({ news: [], failures: [error.message] });
    throw error;
  }
}

/** Adds the time, because people may read the monitor's log much later. */
function stamped(line: string): string {
  return `${new Date().toISOString()} ${printableLine(line)}`;
}

function tooLong(): Promise<never> {
  return new Promise((_, reject) => {
    const error = new LajuError(`the monitor did not finish within ${longestMs / 60_000} minutes`, {
      code: "E_MONITOR",
      hint: "Its next run continues where this one stopped.",
    });
    setTimeout(() => reject(error), longestMs).unref();
  });
}
