import { LajuError } from "../config/errors";
import { bad, type Check, type CheckResult, type Finding, type LocalCheck, warning } from "./check";
import { type Looking, lookingAt } from "./checkContext";

/** How long one check may take, in milliseconds. */
const limitMs = 5_000;

/** Looks at everything at the same time; what does not answer is a finding too. */
export function runChecks(
  checks: readonly Check[],
  limit = limitMs,
  looking: Looking = lookingAt(undefined),
): Promise<CheckResult[]> {
  return Promise.all(
    checks.map(async (check) => ({ name: check.name, ...(await found(check, { limit, looking })) })),
  );
}

/** What a check finds that has its answer at once. */
export function findingOf(check: LocalCheck, looking: Looking): Finding {
  try {
    return check.look(looking);
  } catch (error) {
    return unknown(check, error);
  }
}

async function found(
  check: Check,
  { limit, looking }: { limit: number; looking: Looking },
): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    const message = `no answer within ${limit / 1000} s`;
    timer = setTimeout(() => resolve(bad(message, "See whether it is there, and not overloaded.")), limit);
  });
  try {
    return await Promise.race([look(check, looking), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function look(check: Check, looking: Looking): Promise<Finding> {
  try {
    return await check.look(looking);
  } catch (error) {
    return unknown(check, error);
  }
}

/** What the user can mend has said how; anything else leaves open how things stand. */
function unknown({ name }: Check, error: Error & { code?: string }): Finding {
  if (error.code === "E_SETTINGS" && name !== "settings") return warning("waits for the settings");
  if (error instanceof LajuError) return bad(error.message, error.hint);
  return warning(`this could not be looked at: ${error.message}`);
}
