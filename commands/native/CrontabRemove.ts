import { previewRemove, removeCrontab } from "../../app/console/crontabInstaller";
import { crontabDiffText, crontabSummary } from "../../app/console/crontabReport";
import { crontabTarget, targetOptions, userOption } from "../../app/console/crontabTarget";
import { forgetInstallation } from "../../app/console/installation";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: {
    root: targetOptions.root,
    ...userOption,
    "dry-run": { type: "boolean", description: "Show what would change, write nothing" },
  },
  details: "Takes out this app's block and nothing else; the previous crontab is kept in data/crontab.bak.",
  run({ options }) {
    const target = crontabTarget(options);
    const terminal = terminalFor(1);
    if (options["dry-run"]) {
      process.stdout.write(crontabDiffText(previewRemove(target), terminal));
      return;
    }
    const change = removeCrontab(target);
    forgetInstallation();
    console.log(`${terminal.paint("green", terminal.symbols.done)} ${crontabSummary(change)}`);
  },
});
