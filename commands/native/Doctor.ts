import { checks } from "../../app/console/doctor/checks";
import { runChecks } from "../../app/console/doctor/runChecks";
import { doctorText } from "../../app/console/doctor/text";
import { jsonText } from "../../app/console/jsonText";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: { json: { type: "boolean", description: "Print the findings as JSON" } },
  details: `Looks for what makes cron fail without a word, and says how to mend it. Run it as the user whose crontab it is.
Ends with status 1 if anything is bad; warnings are no reason.`,
  async run({ options }) {
    const results = await runChecks(checks);
    console.log(options.json ? jsonText(results) : doctorText(results, terminalFor(1)));
    return results.some(({ state }) => state === "bad") ? 1 : 0;
  },
});
