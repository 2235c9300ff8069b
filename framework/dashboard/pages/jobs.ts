import { formatDuration } from "../../config/duration";
import { type JobRecord, jobStates } from "../../queue/jobRecord";
import { readStates, stateWords } from "../../views/queue/jobStates";
import { type Html, html } from "../html";
import { nothing } from "../live/liveParts";
import { actionButton } from "../parts/controls";
import { agoTime, exactTime, inTime } from "../parts/times";
import { openQueue, readQueue } from "../read/queue";
import type { Page, View } from "../view";

const maxShown = 100;
/** The number of newest jobs to search if only one worker's jobs are shown. */
const maxSearched = 1_000;

/** A list of jobs, filtered by state, type, user and worker as the page's URL says. */
export async function jobsPage(view: View): Promise<Page | undefined> {
  if ((await readQueue()).state === undefined) return undefined;
  const { query } = view;
  const engine = await openQueue();
  const [state, type, user, worker] = ["state", "type", "user", "worker"].map(
    (name) => query.get(name) ?? "",
  );
  const found = await engine.list({
    ...(state && isState(state) && { states: readStates(state) }),
    ...(type && { types: [type] }),
    ...(/^\d+$/.test(user ?? "") && { userId: Number(user) }),
    limit: worker ? maxSearched : maxShown,
  });
  const jobs = (worker ? found.filter((job) => job.worker === worker) : found).slice(0, maxShown);
  const list = html`<tbody id="job-rows" data-list>${view.live.list(
    "job-rows",
    jobs.map((job) => ({ id: `j-${job.id}`, html: jobRow(job, view) })),
  )}</tbody>`;
  const table = html`<table class="card jobs-table"><thead><tr><td></td><th scope="col">Job</th><th scope="col">Type</th><th scope="col">State</th><th scope="col">When</th><th scope="col">Message</th></tr></thead>
${list}</table>`;
  const body = html`<h1>Jobs</h1>
<form class="choice" method="get" action="jobs"><label>State <select name="state"><option value="">all</option>${jobStates.map((one) => html`<option${stateWords[one] === state ? html` selected` : ""}>${stateWords[one]}</option>`)}</select></label>
<label>Type <input name="type" value="${type ?? ""}"></label><label>User <input name="user" inputmode="numeric" value="${user ?? ""}" size="8"></label><button>Show</button></form>
${view.canAct ? html`<form method="get" action="${view.root}do/retry">${table}<p class="pages buttons"><button formaction="${view.root}do/retry">Retry selected</button><button class="danger" formaction="${view.root}do/cancel">Cancel selected</button></p></form>` : table}
<p class="dim">${jobs.length === 0 ? "No matching jobs." : jobs.length >= maxShown ? `Only the newest ${maxShown} jobs are shown.` : ""}</p>`;
  return { title: "Jobs", place: "queue", body };
}

function isState(text: string): boolean {
  return (
    (Object.values(stateWords) as string[]).includes(text) || (jobStates as readonly string[]).includes(text)
  );
}

const dots: Partial<Record<JobRecord["state"], string>> = {
  completed: "is-good",
  failed: "is-bad",
  processing: "is-now",
  cancelled: "is-idle",
};

function jobRow(job: JobRecord, view: View): Html {
  const { id, type, state, attempts } = job;
  const box = view.canAct
    ? html`<input type="checkbox" name="job" value="${id}" aria-label="Job ${id}">`
    : html`<span></span>`;
  return html`<tr id="j-${id}" class="${dots[state] ?? ""}"><td>${box}</td><th scope="row"><a href="${view.root}queue/jobs/${id}">${id}</a></th><td>${type}</td>
<td>${stateWords[state]}${attempts > 1 ? html`<span class="more">attempt ${attempts}</span>` : ""}</td><td class="nowrap">${whenText(job, view)}</td><td class="says">${noteOf(job)}</td></tr>`;
}

/** When the job's current state began, or when a waiting job is due. */
function whenText({ state, due, createdAt, startedAt, finishedAt }: JobRecord, view: View): Html {
  if (state === "scheduled" && due !== null && due > view.clock.now.getTime()) return inTime(due, view);
  const time = finishedAt ?? (state === "processing" ? startedAt : createdAt);
  return time === null ? nothing : agoTime(time, view);
}

function noteOf(job: JobRecord): Html {
  const { error, progress, result, state } = job;
  if (state === "processing") return progressOf(job);
  const value = state === "completed" ? result : progress;
  const [line = ""] = (error ?? (value === null ? "" : JSON.stringify(value))).split("\n", 1);
  return html`${line.slice(0, 160)}`;
}

/** The job's progress: a bar if the progress is a number from 0 to 100 or has a total, otherwise its JSON. */
function progressOf({ id, progress }: JobRecord): Html {
  const share = shareOf(progress);
  if (share === undefined) return html`${progress === null ? "" : JSON.stringify(progress).slice(0, 160)}`;
  return html`<progress max="1" value="${share}" aria-label="Progress of job ${id}"></progress> ${Math.floor(share * 100)}%`;
}

function shareOf(progress: unknown): number | undefined {
  if (typeof progress === "number" && progress >= 0 && progress <= 100)
    return progress > 1 ? progress / 100 : progress;
  const { done, total } = (progress ?? {}) as { done?: unknown; total?: unknown };
  if (typeof done === "number" && typeof total === "number" && total > 0) return Math.min(1, done / total);
  return undefined;
}

/** The page of one job. */
export async function jobPage(view: View, id: string): Promise<Page | undefined> {
  if ((await readQueue()).state === undefined) return undefined;
  const engine = await openQueue();
  const job = await engine.find(Number(id));
  if (job === undefined) return undefined;
  const values = { job: id };
  const about = `job ${id}`;
  const isEnded = job.state === "failed" || job.state === "cancelled";
  const isOpen = !isEnded && job.state !== "completed";
  const body = html`${view.live.part(
    "job",
    html`<div id="job"><div class="title"><div><h1>${job.type} <span class="dim">job ${id}</span></h1>
<p class="state ${dots[job.state] ?? ""}"><span class="dot"><span></span></span>${stateWords[job.state]}${job.attempts > 0 ? `, attempt ${job.attempts}` : ""}</p></div>
<p class="buttons">${isEnded ? actionButton(view, "retry", { text: "Retry", about, values }) : nothing}${isOpen ? actionButton(view, "cancel", { text: "Cancel", about, values, kind: "danger" }) : nothing}</p></div>
<dl class="facts card">${factsOf(job, view).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${jsonPart("Data", job.data)}${jsonPart("Result", job.result)}
${job.error === null ? nothing : html`<h2>Error</h2><pre class="error" tabindex="0">${job.error}</pre>`}</div>`,
  )}`;
  return { title: `${job.type}, job ${id}`, place: "queue", body };
}

function factsOf(job: JobRecord, view: View): [string, string | Html][] {
  const { startedAt, finishedAt, cron, rescheduledFromJob, successor } = job;
  const time = (at: number | null) => (at === null ? null : exactTime(at, view));
  const link = (id: number | null) =>
    id === null ? null : html`<a href="${view.root}queue/jobs/${id}">job ${id}</a>`;
  const lasted =
    startedAt === null || finishedAt === null ? null : formatDuration(Math.max(0, finishedAt - startedAt));
  const facts: [string, string | Html | null][] = [
    ["Progress", job.state === "processing" && job.progress !== null ? progressOf(job) : null],
    ["User", job.userId === null ? null : String(job.userId)],
    ["Queued", time(job.createdAt)],
    ["Due", time(job.due)],
    ["Started", time(startedAt)],
    ["Finished", time(finishedAt)],
    ["Took", lasted],
    ["Worker", job.worker],
    ["Priority", job.priority === 0 ? null : String(job.priority)],
    ["Unique", job.unique],
    ["Cron", cron === null ? null : `${cron.expression} (${cron.timezone})`],
    ["Follows", link(rescheduledFromJob)],
    ["Replaced by", link(successor)],
    ["Removed", time(job.removeAt)],
  ];
  return facts.filter((fact): fact is [string, string | Html] => fact[1] !== null);
}

function jsonPart(heading: string, value: unknown): Html {
  if (value === null || value === undefined) return nothing;
  return html`<h2>${heading}</h2><pre tabindex="0">${JSON.stringify(value, null, 2).slice(0, 100_000)}</pre>`;
}
