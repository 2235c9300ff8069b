import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { checks } from "../../framework/doctor/checks";
import { runChecks } from "../../framework/doctor/runChecks";
import { doctorText } from "../../framework/doctor/text";
import { jsonText } from "../../framework/text/jsonText";

export default verb({
  examples: [["doctor", "Find problems and how to fix them"]],
  options: { json: { type: "boolean", description: "Print the findings as JSON" } },
  details: `Looks for problems that make cron fail silently and says how to fix them. Run it as the crontab's user.
Exits with status 1 if a check fails; warnings don't count.`,
  async run({ options }) {
    const results = await runChecks(checks);
    console.log(options.json ? jsonText(results) : doctorText(results, terminalFor(1)));
    return results.some(({ state }) => state === "bad") ? 1 : 0;
  },
});
