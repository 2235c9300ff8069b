import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { checks } from "../../framework/doctor/checks";
import { runChecks } from "../../framework/doctor/runChecks";
import { doctorText } from "../../framework/doctor/text";
import { jsonText } from "../../framework/text/jsonText";

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
