import { installedRoot } from "../../app/console/asInstalled";
import { previewRemove, removeCrontab } from "../../app/console/crontabInstaller";
import { crontabDiffText, crontabSummary } from "../../app/console/crontabReport";
import { crontabTarget, targetOptions, userOption } from "../../app/console/crontabTarget";
import { forgetInstallation, readInstallation } from "../../app/console/installation";
import { removeCommand } from "../../app/console/installCommand";
import { secondBlocks } from "../../app/console/secondBlocks";
import { readingOnce } from "../../app/console/systemCrontab";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: {
    root: targetOptions.root,
    ...userOption,
    "dry-run": { type: "boolean", description: "Show what would change, write nothing" },
  },
  details: "Takes out this app's block and nothing else; the previous crontab is kept in data/crontab.bak.",
  run({ options: asked }) {
    const { "dry-run": isDryRun, ...named } = asked;
    const read = readingOnce();
    const options = { ...named, root: installedRoot(named, read) };
    const target = crontabTarget(options);
    const terminal = terminalFor(1);
    if (isDryRun) {
      process.stdout.write(crontabDiffText(previewRemove(target), terminal));
      return;
    }
    const change = removeCrontab(target);
    const installation = readInstallation();
    if (installation === undefined || (installation.root ?? target.place.root) === target.place.root)
      forgetInstallation();
    console.log(`${terminal.paint("green", terminal.symbols.done)} ${crontabSummary(change)}`);
    for (const root of secondBlocks(options, read)) {
      console.log(
        `  ${terminal.paint("dim", `${root} still has entries of this app: \`${removeCommand(root, options.user)}\``)}`,
      );
    }
  },
});
