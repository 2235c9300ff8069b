import { createInterface } from "node:readline/promises";
import { installedEnvironment } from "../../app/console/asInstalled";
import { readBuiltCommands } from "../../app/console/catalog";
import { installCrontab, previewInstall } from "../../app/console/crontabInstaller";
import { crontabDiffText, crontabSummary } from "../../app/console/crontabReport";
import {
  checkInstallable,
  crontabTarget,
  nothingScheduled,
  targetOptions,
  targetWarnings,
  userOption,
} from "../../app/console/crontabTarget";
import { rememberInstallation } from "../../app/console/installation";
import { terminalFor } from "../../app/console/terminal";
import { unwritableWarnings } from "../../app/console/userAccess";
import { verb } from "../../app/console/verb";

export default verb({
  options: {
    ...targetOptions,
    ...userOption,
    "dry-run": { type: "boolean", description: "Show what would change, write nothing" },
    yes: { type: "boolean", short: "y", description: "Do not ask before the first installation" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `Replaces this app's block in your crontab and leaves every other line as it is; the previous crontab is kept in
data/crontab.bak. With names, only the entries of these commands change.`,
  async run({ args, options: asked }) {
    // The others' environment, which stays as it is, is that of the named ones too.
    const options = args.length > 0 ? { ...asked, env: asked.env ?? installedEnvironment(asked) } : asked;
    const target = crontabTarget(options, args);
    checkInstallable(target);
    const terminal = terminalFor(1);
    for (const warning of targetWarnings(target, options)) console.error(warning);
    if (target.rows.length === 0) console.error(nothingScheduled(options, readBuiltCommands()));
    const preview = previewInstall(target);
    if (options["dry-run"]) {
      process.stdout.write(crontabDiffText(preview, terminal));
      return 0;
    }
    if (preview.isFirst && preview.isNeeded && !options.yes && process.stdin.isTTY) {
      process.stdout.write(crontabDiffText(preview, terminal));
      if (!(await isConfirmed())) return 1;
    }
    const change = installCrontab(target);
    rememberInstallation(target, options, Date.now());
    for (const warning of unwritableWarnings(target)) console.error(warning);
    console.log(`${terminal.paint("green", terminal.symbols.done)} ${crontabSummary(change)}`);
    return 0;
  },
});

async function isConfirmed(): Promise<boolean> {
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await questions.question("  Put these lines into the crontab? [y/N] ");
  questions.close();
  return /^y(es)?$/i.test(answer.trim());
}
