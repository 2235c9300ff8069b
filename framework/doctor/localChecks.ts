import { crontab } from "./app/crontab";
import { ledgerLock } from "./app/ledgerLock";
import { notices } from "./app/notices";
import { secondBlock } from "./app/secondBlock";
import type { CheckResult, LocalCheck } from "./check";
import { cronDaemon } from "./host/cronDaemon";
import { disk } from "./host/disk";
import { dataFolder, logFolders } from "./host/folders";
import { node } from "./host/node";
import { clock } from "./host/setBack";
import type { Looking } from "./checkContext";
import { findingOf } from "./runChecks";

/** What `status`, `crontab:check`, `crontab:install` and the monitor look at each time, causes before effects. */
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

/** What is found at once, without what the caller knows already. */
export function lookLocally(looking: Looking, except: readonly string[] = []): CheckResult[] {
  const results = localChecks
    .filter(({ name }) => !except.includes(name))
    .map((check) => ({ name: check.name, ...findingOf(check, looking) }));
  return results.filter(
    (result, index) => !results.slice(0, index).some((other) => isRepeated(other, result)),
  );
}

/** What several checks stumble over, such as a ledger that cannot be read, is said once. */
function isRepeated(one: CheckResult, other: CheckResult): boolean {
  return one.state === "bad" && other.state === "bad" && one.message === other.message;
}
