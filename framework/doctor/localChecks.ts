import { crontab } from "./app/crontab";
import { ledgerLock } from "./app/ledgerLock";
import { notices } from "./app/notices";
import { secondBlock } from "./app/secondBlock";
import type { CheckResult, LocalCheck } from "./check";
import type { CheckContext } from "./checkContext";
import { cronDaemon } from "./host/cronDaemon";
import { disk } from "./host/disk";
import { dataFolder, logFolders } from "./host/folders";
import { node } from "./host/node";
import { clock } from "./host/setBack";
import { findingOf } from "./runChecks";

/**
 * The checks that `status`, `crontab:check`, `crontab:install` and the monitor always run. A check for a cause comes
 * before the checks for its effects.
 */
export const localChecks: readonly LocalCheck[] = [
  cronDaemon,
  node,
  crontab,
  secondBlock,
  logFolders,
  dataFolder,
  disk,
  ledgerLock,
  clock,
  notices,
];

/** The findings of the local checks, except those whose result the caller already has. */
export function runLocalChecks(context: CheckContext, except: readonly string[] = []): CheckResult[] {
  const results = localChecks
    .filter(({ name }) => !except.includes(name))
    .map((check) => ({ name: check.name, ...findingOf(check, context) }));
  return results.filter(
    (result, index) => !results.slice(0, index).some((other) => isRepeated(other, result)),
  );
}

/** Whether two checks report the same problem, such as an unreadable ledger, which is shown only once. */
function isRepeated(one: CheckResult, other: CheckResult): boolean {
  return one.state === "bad" && other.state === "bad" && one.message === other.message;
}
