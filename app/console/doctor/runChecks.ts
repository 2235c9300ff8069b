import { LajuError } from "../../errors";
import { bad, type Check, type CheckResult, type Finding, warning } from "./check";

/** How long one check may take, in milliseconds. */
const limitMs = 5_000;

/** Looks at everything at the same time; what does not answer is a finding too. */
export function runChecks(checks: readonly Check[], limit = limitMs): Promise<CheckResult[]> {
  return Promise.all(checks.map(async (check) => ({ name: check.name, ...(await found(check, limit)) })));
}

async function found(check: Check, limit: number): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    const message = `no answer within ${limit / 1000} s`;
    timer = setTimeout(() => resolve(bad(message, "See whether it is there, and not overloaded.")), limit);
  });
  try {
    return await Promise.race([look(check), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the user can mend has said how; anything else leaves open how things stand. */
async function look(check: Check): Promise<Finding> {
  try {
    return await check.look();
  } catch (error) {
    if (error.code === "E_SETTINGS" && check.name !== "settings") return warning("waits for the settings");
    if (error instanceof LajuError) return bad(error.message, error.hint);
    return warning(`this could not be looked at: ${error.message}`);
  }
}
