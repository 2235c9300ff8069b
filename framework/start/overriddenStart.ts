import { parseDuration } from "../config/duration";
import { checkOverride, type Override, overlapWith } from "../metadata/overrides";
import { dueSlot, type SlotDecision } from "../runs/supervision/dueSlot";
import type { CompiledFacts, Start } from "./startCompiled";

/**
 * Applies the command's entry in schedule.json. Throws a LajuError if the entry is not valid. The build compiles this
 * module to build/overrides.js, which is loaded only by commands with such an entry.
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

/**
 * Decides by the compiled schedule. Needed if the crontab entry is exact under Debian's cron but fires more often under
 * another one.
 */
export function decideBySource({ name, schedule: schedules = [], timezone }: CompiledFacts) {
  return (entryId: string, at: Date): SlotDecision => dueSlot({ name, schedules, timezone }, entryId, at);
}

/**
 * Decides by the overridden schedule. For an entry that it doesn't have, decides by the original schedule, whose
 * entries stay in the crontab until crontab:install replaces them.
 */
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
