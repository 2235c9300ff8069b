import type { OneServer } from "../metadata/commandMeta";
import { startOnOneServer } from "../runs/servers/startOnOneServer";
import { begin, type CompiledFacts, type Start } from "./startCompiled";

/**
 * Like `begin`, for a command that runs on only one of several servers. Returns on the server that runs it; on the
 * others, the process exits.
 */
export async function beginOnOneServer(
  compiled: CompiledFacts & { oneServer: OneServer },
  decide?: Start["decide"],
): Promise<void> {
  const { run, facts } = begin(compiled, decide);
  const { name, schedule = [], timezone } = facts;
  await startOnOneServer(run, { name, schedules: schedule, timezone, ...compiled.oneServer });
}
