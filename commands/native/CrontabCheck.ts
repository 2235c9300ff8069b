import { asInstalled } from "../../app/console/asInstalled";
import { checkCrontab } from "../../app/console/crontabInstaller";
import { crontabDiffText, crontabStateText } from "../../app/console/crontabReport";
import { crontabTarget, targetOptions, userOption } from "../../app/console/crontabTarget";
import { jsonText } from "../../app/console/jsonText";
import { readingOnce } from "../../app/console/systemCrontab";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: {
    ...targetOptions,
    ...userOption,
    "dry-run": { type: "boolean", description: "Show what crontab:install would change as well" },
    json: { type: "boolean", description: "Print the state as JSON" },
  },
  details: `Ends with status 1 unless the installed entries are what the build asks for: fit for deploy scripts. Options that are
not given are those that crontab:install was called with.`,
  run({ options }) {
    const read = readingOnce();
    const { state, change } = checkCrontab(crontabTarget(asInstalled(options, read)), read);
    const terminal = terminalFor(1);
    const { message, hint } = crontabStateText(state, change);
    const isGood = state === "in order";
    if (options.json) console.log(jsonText({ state, user: change.user, lines: change.lines }));
    else {
      const symbol = isGood
        ? terminal.paint("green", terminal.symbols.done)
        : terminal.paint("red", terminal.symbols.failed);
      console.log(`${symbol} ${message}`);
      if (options["dry-run"] && !isGood) process.stdout.write(crontabDiffText(change, terminal));
      if (hint !== undefined) console.log(`  ${terminal.paint("dim", hint)}`);
    }
    return isGood ? 0 : 1;
  },
});
