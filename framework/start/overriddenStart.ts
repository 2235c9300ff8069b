import { parseDuration } from "../config/duration";
import { checkOverride, type Override, overlapWith } from "../metadata/overrides";
import { dueSlot, type SlotDecision } from "../runs/supervision/dueSlot";
import type { CompiledFacts, Start } from "./startCompiled";

/**
 * The start with what schedule.json says of the command. Throws a LajuError for an override that is not valid.
 * The build makes a file of its own of this module (build/overrides.js), which only such commands load.
 */
export function overriddenStart({ facts, decide }: Start, override: unknown): Start {
  checkOverride(override, facts.name);
  const { schedule, timezone, timeout, description } = override;
  return {
    facts: {
      ...facts,
      ...(description !== undefined && { description }),
      ...(schedule !== undefined && { schedule: [schedule].flat() }),
      ...(timezone !== undefined && { timezone }),
      ...(timeout !== undefined && { timeout, timeoutMs: timeout === false ? null : parseDuration(timeout) }),
      overlap: overlapWith(override, { schedules: facts.schedule ?? [], overlap: facts.overlap }),
    },
    decide: schedule === undefined && timezone === undefined ? decide : decideByBoth(facts, override),
  };
}

/** Until crontab:install writes the new entries, those of the source's own schedule hold. */
function decideByBoth(facts: CompiledFacts, override: Override) {
  const { name, schedule: schedules = [], timezone } = facts;
  const deployed = {
    name,
    schedules: override.schedule === undefined ? schedules : [override.schedule].flat(),
    timezone: override.timezone ?? timezone,
  };
  return (entryId: string, at: Date): SlotDecision => {
    const decision = dueSlot(deployed, entryId, at);
    return decision.kind === "unknown entry" ? dueSlot({ name, schedules, timezone }, entryId, at) : decision;
  };
}
