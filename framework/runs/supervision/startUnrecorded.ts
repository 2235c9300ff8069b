import { markEnvironment, marksAround } from "../../config/launch";
import { nestingOf, runMark } from "../nesting/nesting";
import { partOfRun } from "./partOfRun";
import { refuseLoop } from "./refuseLoop";
import { type ActiveRun, supervise } from "./supervise";

/** Starts the run of a source file that is run by hand: without a lock, a record and retries. */
export function startUnrecorded({ name, timeoutMs }: { name: string; timeoutMs: number | null }): ActiveRun {
  const startedAt = Date.now();
  const nesting = nestingOf(name);
  if (nesting.kind === "part") return partOfRun(nesting.of);
  if (nesting.kind === "loop") return refuseLoop(nesting.names, { startedAt });
  const mark = runMark({ name, pid: process.pid, startedAt });
  markEnvironment(mark, marksAround());
  return supervise({ name, startedAt, timeoutMs, mark });
}
