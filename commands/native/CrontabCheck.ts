import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { crontabDiffText } from "../../framework/crontab/install/changeText";
import { crontabVerdict } from "../../framework/crontab/install/crontabHealth";
import { readingOnce } from "../../framework/crontab/install/systemCrontab";
import { targetOptions, userOption } from "../../framework/crontab/install/target";
import { checkContext } from "../../framework/doctor/checkContext";
import { runLocalChecks } from "../../framework/doctor/localChecks";
import { troubleLines } from "../../framework/doctor/troubleText";
import { jsonText } from "../../framework/text/jsonText";

export default verb({
  examples: [["crontab:check", "Exit with status 1 if the entries are out of date"]],
  options: {
    ...targetOptions,
    ...userOption,
    "dry-run": { type: "boolean", description: "Also show what crontab:install would change" },
    json: { type: "boolean", description: "Print the state as JSON" },
  },
  details: `Exits with status 1 unless the installed entries match the build and can start, so it can be used in deploy scripts.
Options you leave out default to those that crontab:install was called with.`,
  run({ options }) {
    const read = readingOnce();
    const { state, change, message, hint } = crontabVerdict(options, read);
    const terminal = terminalFor(1);
    const isDrift = state !== "in order";
    const health = runLocalChecks(checkContext(options.user, read), ["crontab"]);
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
