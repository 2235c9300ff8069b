import { userInfo } from "node:os";
import { installedRoot } from "../../app/console/asInstalled";
import { type CrontabTarget, previewRemove, removeCrontab } from "../../app/console/crontabInstaller";
import { crontabDiffText, crontabSummary } from "../../app/console/crontabReport";
import { crontabTarget, targetOptions, userOption } from "../../app/console/crontabTarget";
import { forgetInstallation, type Installation, readInstallation } from "../../app/console/installation";
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
    if (installation === undefined || isOf(installation, target)) forgetInstallation();
    console.log(`${terminal.paint("green", terminal.symbols.done)} ${crontabSummary(change)}`);
    for (const root of secondBlocks(options, read)) {
      console.log(
        `  ${terminal.paint("dim", `${root} still has entries of this app: \`${removeCommand(root, options.user)}\``)}`,
      );
    }
  },
});

/** Whether what is remembered is about this crontab and not about another one with entries of this app. */
function isOf({ root, options }: Installation, { place, user }: CrontabTarget): boolean {
  const isUsers = (options.user ?? userInfo().username) === (user ?? userInfo().username);
  return isUsers && (root ?? place.root) === place.root;
}
