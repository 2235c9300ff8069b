import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { readBuiltCommands } from "../../framework/catalog/catalog";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { appBlocks } from "../../framework/crontab/install/appBlocks";
import { crontabDiffText, crontabSummary } from "../../framework/crontab/install/changeText";
import { crontabVerdict } from "../../framework/crontab/install/crontabHealth";
import { keptOptionsText } from "../../framework/crontab/install/installCommand";
import { forInstalling } from "../../framework/crontab/install/installedOptions";
import {
  type CrontabTarget,
  installCrontab,
  previewInstall,
} from "../../framework/crontab/install/installer";
import { rememberInstallation } from "../../framework/crontab/install/rememberInstallation";
import {
  crontabsToReplace,
  refuseSecondBlock,
  refuseSecondTable,
  removeReplaced,
} from "../../framework/crontab/install/secondBlocks";
import { type readCrontab, readingOnce } from "../../framework/crontab/install/systemCrontab";
import {
  checkInstallable,
  crontabTarget,
  nothingScheduled,
  targetOptions,
  targetWarnings,
  userOption,
} from "../../framework/crontab/install/target";
import { unwritableWarnings } from "../../framework/crontab/install/userAccess";
import { checkContext } from "../../framework/doctor/checkContext";
import { runLocalChecks } from "../../framework/doctor/localChecks";
import { troubleLines } from "../../framework/doctor/troubleText";
import { cronNote, hostCron } from "../../framework/host/hostCron";
import type { TargetOptions } from "../../framework/host/installation";

export default verb({
  examples: [
    ["crontab:install --dry-run", "Only show what would change"],
    ["crontab:install --root /srv/app/current", "Start commands through the link to the current release"],
  ],
  options: {
    ...targetOptions,
    ...userOption,
    "dry-run": { type: "boolean", description: "Show what would change, write nothing" },
    replace: {
      type: "boolean",
      description:
        "Replace this app's entries that were installed from another folder or (as root) for another user",
    },
    yes: { type: "boolean", short: "y", description: "Don't ask before the first installation" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `Replaces this app's block in your crontab and leaves every other line alone. The previous crontab is saved as
data/crontab.bak. With names, only the entries of those commands change. The root, Node and log folder keep their
previous values unless you pass new ones. Exits with status 0 once the entries are installed. Anything that keeps them
from starting, such as a cron daemon that isn't running, is reported first; crontab:check then exits with status 1.`,
  async run({ args, options: asked }) {
    const read = readingOnce();
    // A partial install keeps the environment and Node of the block, because the other entries in it use them too.
    const isPartial = args.length > 0;
    const options = forInstalling(asked, { read, isPartial });
    const plain = crontabTarget(options, args);
    checkInstallable(plain);
    const replaced = asked.replace ? crontabsToReplace(plain) : [];
    if (!asked.replace) {
      refuseSecondTable(plain, read);
      refuseSecondBlock(plain, options, read);
    }
    const target = asked.replace ? { ...plain, replaces: othersRoots(plain, read) } : plain;
    const terminal = terminalFor(1);
    for (const warning of targetWarnings(target, options)) console.error(warning);
    if (target.rows.length === 0) console.error(nothingScheduled(options, readBuiltCommands()));
    const preview = previewInstall(target);
    if (asked["dry-run"]) {
      process.stdout.write(crontabDiffText(preview, terminal, "Nothing written."));
      return 0;
    }
    if (preview.isFirst && preview.isNeeded && !asked.yes && process.stdin.isTTY) {
      process.stdout.write(crontabDiffText(preview, terminal));
      if (!(await isConfirmed())) {
        console.log("  Nothing written.");
        return 1;
      }
    }
    const change = installCrontab(target);
    const removals = removeReplaced(target, replaced);
    rememberInstallation(target, { options, asked, now: Date.now() });
    for (const warning of unwritableWarnings(target)) console.error(warning);
    const after = checkContext(options.user);
    // Print problems before the success line: entries that were installed but cannot start are not a success. After a
    // partial install, don't check for entries that differ from the build, because restNote() reports them.
    const findings = runLocalChecks(after, isPartial ? ["crontab"] : []);
    for (const line of troubleLines(findings, terminal)) console.log(line);
    console.log(`${terminal.paint("green", terminal.symbols.done)} ${crontabSummary(change)}`);
    const notes = [
      cronNote(hostCron(options)),
      keptOptionsText(options, asked),
      isPartial ? restNote(options, after.read) : undefined,
    ];
    for (const note of [...removals, ...notes]) {
      if (note !== undefined) console.log(`  ${terminal.paint("dim", note)}`);
    }
    return 0;
  },
});

function othersRoots(target: CrontabTarget, read: typeof readCrontab): string[] {
  return appBlocks(read(target).text)
    .map(({ root }) => root)
    .filter((root) => root !== target.place.root);
}

/** A note if other commands' entries don't match the build after a partial install; undefined if all entries match. */
function restNote({ user }: TargetOptions, read: typeof readCrontab): string | undefined {
  const { state, hint } = crontabVerdict({ user }, read);
  if (state === "in order") return undefined;
  return ["Other commands' entries are missing or don't match this build.", hint].filter(Boolean).join(" ");
}

async function isConfirmed(): Promise<boolean> {
  // The terminal itself shows what is typed. Readline would print escape sequences, which laju's output doesn't allow.
  const questions = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  const closed = once(questions, "close").then(() => ""); // Ctrl+D
  const answer = await Promise.race([questions.question("  Add these lines to the crontab? [y/N] "), closed]);
  questions.close();
  return /^y(es)?$/i.test(answer.trim());
}
