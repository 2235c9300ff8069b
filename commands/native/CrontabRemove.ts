import { userInfo } from "node:os";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { crontabDiffText, crontabSummary } from "../../framework/crontab/install/changeText";
import { removeCommand } from "../../framework/crontab/install/installCommand";
import { installedRoot } from "../../framework/crontab/install/installedOptions";
import { type CrontabTarget, previewRemove, removeCrontab } from "../../framework/crontab/install/installer";
import { forgetInstallation } from "../../framework/crontab/install/rememberInstallation";
import { secondBlocks } from "../../framework/crontab/install/secondBlocks";
import { readingOnce } from "../../framework/crontab/install/systemCrontab";
import { crontabTarget, targetOptions, userOption } from "../../framework/crontab/install/target";
import { type Installation, readInstallation } from "../../framework/host/installation";

export default verb({
  examples: [["crontab:remove", "Remove this app's entries and nothing else"]],
  options: {
    root: targetOptions.root,
    ...userOption,
    yes: {
      type: "boolean",
      short: "y",
      description: "Has no effect: crontab:remove never asks, but scripts can pass this",
    },
    "dry-run": { type: "boolean", description: "Show what would change, write nothing" },
  },
  details: "Removes this app's block and nothing else. The previous crontab is saved as data/crontab.bak.",
  run({ options: asked }) {
    const { "dry-run": isDryRun, yes: _, ...named } = asked;
    const read = readingOnce();
    const options = { ...named, root: installedRoot(named, read) };
    const target = crontabTarget(options);
    const terminal = terminalFor(1);
    if (isDryRun) {
      process.stdout.write(crontabDiffText(previewRemove(target), terminal, "Nothing written."));
      return;
    }
    const change = removeCrontab(target);
    const installation = readInstallation();
    if (installation === undefined || isOf(installation, target)) forgetInstallation();
    console.log(`${terminal.paint("green", terminal.symbols.done)} ${crontabSummary(change)}`);
    for (const root of secondBlocks(options, read)) {
      console.log(
        `  ${terminal.paint("dim", `Entries installed from ${root} remain. Remove them with \`${removeCommand(root, options.user)}\``)}`,
      );
    }
  },
});

/** Whether the recorded installation is in the given crontab. This app can have entries in other crontabs too. */
function isOf({ root, options }: Installation, { place, user }: CrontabTarget): boolean {
  const isUsers = (options.user ?? userInfo().username) === (user ?? userInfo().username);
  return isUsers && (root ?? place.root) === place.root;
}
