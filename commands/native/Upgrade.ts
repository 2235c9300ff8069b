import { type Terminal, terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { root } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { lajuHome } from "../../framework/config/home";
import { applyUpgrade } from "../../framework/new/applyUpgrade";
import { type Change, planUpgrade, type UpgradePlan } from "../../framework/new/planUpgrade";
import { packageElsewhere, takeIntoVendor } from "../../framework/new/vendorTarball";

export default verb({
  examples: [
    ["upgrade --check", "Exit with status 1 if something would change"],
    ["upgrade", "Upgrade, with a clean git tree"],
  ],
  options: {
    check: {
      type: "boolean",
      description: "Show what would change and exit with status 1 if anything would; write nothing",
    },
  },
  details: `Updates the files written by \`node laju new\` to the installed version of laju. Unchanged files are replaced. In
files you have edited, both changes are merged, with git's conflict markers where they overlap.`,
  run({ options }) {
    const home = lajuHome(root);
    if (home === root) {
      throw new LajuError("this is laju's own repository, not an app that new created", {
        code: "E_TEMPLATE",
      });
    }
    const terminal = terminalFor(1);
    const plan = planUpgrade(root, home);
    if (options.check) return check(plan, terminal);
    if (plan.changes.length > 0) applyUpgrade(root, plan);
    const vendored = takeIntoVendor(root);
    if (vendored !== undefined) console.log(`  laju's package is now ${vendored}. Commit it: git add vendor`);
    return report(plan, terminal);
  },
});

function check(plan: UpgradePlan, { paint, symbols }: Terminal): 0 | 1 {
  const tarball = packageElsewhere(root);
  if (tarball !== undefined) console.log(`  to move    ${tarball} into vendor/`);
  if (plan.changes.length === 0) {
    const isDone = tarball === undefined;
    if (isDone)
      console.log(`${paint("green", symbols.done)} The app's files are up to date with laju ${plan.to}`);
    return isDone ? 0 : 1;
  }
  console.log(changesText(plan));
  console.log(`  ${counted(plan.changes.length)} to change. Nothing written.`);
  return 1;
}

function report(plan: UpgradePlan, { paint, symbols }: Terminal): 0 | 1 {
  const conflicts = plan.changes.filter(({ kind }) => kind === "conflict");
  if (plan.changes.length === 0) {
    console.log(`${paint("green", symbols.done)} The app's files are up to date with laju ${plan.to}`);
    return 0;
  }
  console.log(changesText(plan));
  if (conflicts.length > 0) {
    console.log(
      `${paint("red", symbols.failed)} ${counted(conflicts.length)} with conflicts: look for <<<<<<<`,
    );
  } else {
    console.log(`${paint("green", symbols.done)} Upgraded from laju ${plan.from} to ${plan.to}`);
  }
  console.log(paint("dim", `  ${nextStep(conflicts.length > 0)}`));
  return conflicts.length > 0 ? 1 : 0;
}

function nextStep(hasConflicts: boolean): string {
  if (hasConflicts) {
    return "Resolve them first: keep the right parts of both versions, delete the markers, then check git diff.";
  }
  return `Check git diff, then: npm install && npm run typecheck && npm test
  Then commit, and release: npm run build && node laju migrate && node laju crontab:install --yes`;
}

const words: Record<Change["kind"], string> = {
  add: "new",
  replace: "replaced",
  merge: "merged",
  conflict: "conflict",
  delete: "deleted",
};

function changesText({ changes, notes }: UpgradePlan): string {
  const lines = changes.map(({ kind, path }) => `  ${words[kind].padEnd(8)}   ${path}`);
  return [...lines, ...notes.map((note) => `  ${note}`)].join("\n");
}

function counted(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
