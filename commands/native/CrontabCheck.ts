import { crontabDiffText } from "../../app/console/crontabReport";
import { targetOptions, userOption } from "../../app/console/crontabTarget";
import { crontabVerdict } from "../../app/console/crontabVerdict";
import { lookLocally } from "../../app/console/doctor/localChecks";
import { lookingAt } from "../../app/console/doctor/looking";
import { jsonText } from "../../app/console/jsonText";
import { readingOnce } from "../../app/console/systemCrontab";
import { terminalFor } from "../../app/console/terminal";
import { troubleLines } from "../../app/console/troubleText";
import { verb } from "../../app/console/verb";

export default verb({
  options: {
    ...targetOptions,
    ...userOption,
    "dry-run": { type: "boolean", description: "Show what crontab:install would change as well" },
    json: { type: "boolean", description: "Print the state as JSON" },
  },
  details: `Ends with status 1 unless the installed entries are what the build asks for and can start: fit for deploy scripts.
Options that are not given are those that crontab:install was called with.`,
  run({ options }) {
    const read = readingOnce();
    const { state, change, message, hint } = crontabVerdict(options, read);
    const terminal = terminalFor(1);
    const isDrift = state !== "in order";
    const health = lookLocally(lookingAt(options.user, read), ["crontab"]);
    const troubles = [
      ...(isDrift ? [{ name: "crontab", state: "bad", message, cure: hint } as const] : []),
      ...health.filter((finding) => finding.state === "bad"),
    ];
    const isGood = troubles.length === 0;
    if (options.json) {
      console.log(jsonText({ state, user: change.user, lines: change.lines, troubles }));
    } else {
      const done = terminal.paint("green", terminal.symbols.done);
      const lines = isGood ? [`${done} ${message}`] : troubleLines(troubles, terminal);
      console.log(lines.join("\n"));
      if (options["dry-run"] && isDrift) process.stdout.write(crontabDiffText(change, terminal));
    }
    return isGood ? 0 : 1;
  },
});
