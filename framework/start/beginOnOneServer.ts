import type { OneServer } from "../metadata/commandMeta";
import { startOnOneServer } from "../runs/servers/startOnOneServer";
import { begin, type CompiledFacts, type Start } from "./startCompiled";

/** As `begin`, for a command that one of several servers runs: it returns in the one that is to. */
export async function beginOnOneServer(
  compiled: CompiledFacts & { oneServer: OneServer },
  decide?: Start["decide"],
): Promise<void> {
  const { run, facts } = begin(compiled, decide);
  const { name, schedule = [], timezone } = facts;
  await startOnOneServer(run, { name, schedules: schedule, timezone, ...compiled.oneServer });
}
