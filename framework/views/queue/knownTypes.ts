import { existsSync } from "node:fs";
import { readManifest } from "../../catalog/buildManifest";
import { jobNames } from "../../catalog/jobSources";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import type { QueueEngine } from "../../queue/engine";
import { closest } from "../../text/similar";

/** The names of the handlers in app/jobs, or in the build if there are no sources. */
export function handlerNames(): string[] {
  const names = jobNames();
  if (names.length > 0 || !existsSync(paths.manifest)) return names;
  return readManifest().jobs ?? []; // Builds of earlier releases list no jobs.
}

/** Throws unless each type typed by the user has a handler, or jobs in the table. */
export async function checkTypes(types: readonly string[], engine: QueueEngine): Promise<void> {
  const handlers = handlerNames();
  if (types.every((type) => handlers.includes(type))) return;
  const { byType } = await engine.counts();
  const known = [...new Set([...handlers, ...byType.map(({ type }) => type), ...(await engine.paused())])];
  const unknown = types.find((type) => !known.includes(type) || type === "*");
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  throw new LajuError(`there is no job type "${unknown}"`, {
    code: "E_JOB_TYPE",
    exitStatus: 2,
    hint: near === undefined ? "node laju queue:status lists the job types." : `Did you mean ${near}?`,
  });
}
