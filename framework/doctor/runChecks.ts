import { LajuError } from "../config/errors";
import { bad, type Check, type CheckResult, type Finding, type LocalCheck, warning } from "./check";
import { type CheckContext, checkContext } from "./checkContext";

/** How long one check may take, in milliseconds. */
const limitMs = 5_000;

/** Runs all checks at the same time. A check that takes too long counts as failed. */
export function runChecks(
  checks: readonly Check[],
  limit = limitMs,
  context: CheckContext = checkContext(undefined),
): Promise<CheckResult[]> {
  return Promise.all(
    checks.map(async (check) => ({ name: check.name, ...(await found(check, { limit, context })) })),
  );
}

/** The finding of a check that needs no waiting. */
export function findingOf(check: LocalCheck, context: CheckContext): Finding {
  try {
    return check.look(context);
  } catch (error) {
    return unknown(check, error);
  }
}

async function found(
  check: Check,
  { limit, context }: { limit: number; context: CheckContext },
): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    const message = `no answer within ${limit / 1000} s`;
    timer = setTimeout(
      () => resolve(bad(message, "Check that the server is running and not overloaded.")),
      limit,
    );
  });
  try {
    return await Promise.race([look(check, context), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function look(check: Check, context: CheckContext): Promise<Finding> {
  try {
    return await check.look(context);
  } catch (error) {
    return unknown(check, error);
  }
}

/** The finding for an unexpected error. (A LajuError says how to fix the problem, but other errors don't.) */
function unknown({ name }: Check, error: Error & { code?: string }): Finding {
  if (error.code === "E_SETTINGS" && name !== "settings")
    return warning("not checked, because the settings are invalid");
  if (error instanceof LajuError) return bad(error.message, error.hint);
  return warning(`could not be checked: ${error.message}`);
}
