import { LajuError } from "../../config/errors";
import type { QueueEngine } from "../../queue/engine";
import { chosenJobs, refuseUnchanged } from "../../views/queue/chosenJobs";
import { checkTypes } from "../../views/queue/knownTypes";
import { openQueue } from "../read/queue";
import type { Action } from "./action";

/** An action on the jobs named in the URL, which must exist. */
function jobsAction(
  words: { verb: string; done: string; text: string; isDanger?: boolean },
  change: (engine: QueueEngine, ids: number[]) => Promise<number[]>,
  rule: string,
): Action {
  return {
    async ask(about) {
      const ids = (await chosenJobs(await openQueue(), idsIn(about))).map(({ id }) => id);
      return {
        title: `${words.verb} ${ids.length === 1 ? `job ${ids[0]}` : `${ids.length} jobs`}?`,
        text: words.text,
        button: words.verb,
        isDanger: words.isDanger ?? false,
        back: ids.length === 1 ? `queue/jobs/${ids[0]}` : "queue",
      };
    },
    async perform(about) {
      const engine = await openQueue();
      const jobs = await chosenJobs(engine, idsIn(about));
      const done = await change(
        engine,
        jobs.map(({ id }) => id),
      );
      if (done.length === 0) refuseUnchanged(jobs, done, rule);
      const left = jobs.length - done.length;
      const named = done.length === 1 ? `job ${done[0]}` : `${done.length} jobs`;
      return {
        message: `${words.done} ${named}${left === 0 ? "" : `; ${left} skipped: ${rule}`}.`,
        subject: [...new Set(jobs.map(({ type }) => type))].join(", "),
        details: `jobs ${done.join(", ")}`,
        to: jobs.length === 1 ? `queue/jobs/${jobs[0]?.id}` : "queue",
      };
    },
  };
}

function idsIn(about: URLSearchParams): string[] {
  const ids = about.getAll("job");
  if (ids.length > 0) return ids;
  throw new LajuError("no job is selected", { code: "E_USAGE" });
}

export const retry = jobsAction(
  {
    verb: "Retry",
    done: "Queued again:",
    text: "They become ready again, with their full number of attempts.",
  },
  (engine, ids) => engine.retry(ids),
  "only failed and cancelled jobs can be retried, while no unfinished job has their unique key",
);

export const cancel = jobsAction(
  {
    ...{ verb: "Cancel", done: "Cancelled", isDanger: true },
    text: "Waiting jobs never start. The signal of a running job is aborted. A cron job's next run is not queued.",
  },
  (engine, ids) => engine.cancel(ids),
  "only jobs that are not finished can be cancelled",
);

/** An action on one job type, or on all types with "*". */
function typeAction(
  words: { verb: string; done: string; text: string },
  change: (engine: QueueEngine, type: string) => Promise<void>,
): Action {
  const named = (type: string) => (type === "*" ? "all jobs" : type);
  return {
    async ask(about) {
      const { type } = await typeIn(about);
      return { title: `${words.verb} ${named(type)}?`, text: words.text, button: words.verb, back: "queue" };
    },
    async perform(about) {
      const { type, engine } = await typeIn(about);
      await change(engine, type);
      return { message: `${words.done} ${named(type)}.`, subject: type, to: "queue" };
    },
  };
}

async function typeIn(about: URLSearchParams): Promise<{ type: string; engine: QueueEngine }> {
  const type = about.get("type") ?? "";
  const engine = await openQueue();
  if (type !== "*") await checkTypes([type], engine);
  return { type, engine };
}

export const pauseType = typeAction(
  {
    verb: "Pause",
    done: "Paused",
    text: "Workers start no more of its jobs. Running jobs continue, and jobs can still be queued.",
  },
  (engine, type) => engine.pause(type),
);

export const resumeType = typeAction(
  { verb: "Resume", done: "Resumed", text: "Workers start its jobs again." },
  (engine, type) => engine.resume(type),
);
