import { existsSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../config/config";
import { readText } from "../config/readText";
import { require } from "../config/require";
import { warn } from "../process/output";
import type { overriddenStart, Start } from "./overriddenStart";

/**
 * How this deployment has a compiled command start: the build wrote its time limit and schedule into it, and
 * schedule.json may have others. Without that file this costs one look at the disk; where it says something
 * of this command, the rules (and the schedule engine) are loaded from a file of their own.
 */
export function asDeployed(start: Start): Start {
  if (!existsSync(paths.schedule)) return start;
  try {
    const override = overrideOf(start.facts.name);
    if (override === undefined) return start;
    const rules = require(join(paths.build, "overrides.js")) as Rules;
    return rules.overriddenStart(start, override);
  } catch (error) {
    // A file that somebody is just editing stops no work.
    warn(`${start.facts.name} starts without what ${paths.schedule} says: ${error.message}`);
    return start;
  }
}

interface Rules {
  overriddenStart: typeof overriddenStart;
}

function overrideOf(name: string): unknown {
  const overrides = JSON.parse(readText(paths.schedule).replace(/^\ufeff/, ""));
  return Object.hasOwn(overrides, name) ? overrides[name] : undefined;
}
