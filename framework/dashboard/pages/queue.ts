import { counted } from "../../text/counted";
import type { TypeState, WorkerState } from "../../views/queue/queueState";
import { type Html, html } from "../html";
import { changesIn } from "../parts/changes";
import { actionButton, linkButton } from "../parts/controls";
import { paceCard } from "../parts/paceCard";
import { failureRate, paceChart } from "../parts/paceChart";
import { queueCard } from "../parts/queueCard";
import { agoTime, elapsedTime } from "../parts/times";
import {
  type JobFailures,
  maxGrouped,
  type PaceSpan,
  paceSpans,
  type QueuePace,
  readFailedJobs,
  readHeld,
  readPace,
} from "../read/jobs";
import { readQueue } from "../read/queue";
import { actionLink, type Page, type View } from "../view";

const queueActions = ["retry", "cancel", "pause-type", "resume-type"];

/** The queue's page: jobs over time, job types, workers, and failed jobs grouped by error. */
export async function queuePage(view: View): Promise<Page> {
  const look = await readQueue();
  const { live } = view;
  if (look.state === undefined) {
    const text = look.problem ?? "This app has no queue: no handlers in app/jobs, and no jobs.";
    return {
      title: "Queue",
      place: "queue",
      body: html`<h1>Queue</h1>${live.part("types", html`<p id="types" class="card">${text}</p>`)}`,
    };
  }
  const span: PaceSpan = view.query.get("over") === "day" ? "day" : "hour";
  const [pace, failures, held] = await Promise.all([readPace(span), readFailedJobs(), readHeld()]);
  const { types, workers, paused } = look.state;
  const body = html`<div class="title"><h1>Queue</h1><p class="buttons">${linkButton(`${view.root}queue/jobs`, "All jobs", "")}${pauseButton(paused.includes("*"), "*", "all jobs", view)}</p></div>
${live.part("queue", queueCard(look, view, { isAlone: true }))}
<h2>Over time</h2>
${live.part("pace", paceCard(pace, span))}
<h2>Types</h2>
${live.part("types", typesTable(types, pace, span, view))}
<h2>Workers</h2>
${live.part("workers", workersTable(workers, held, view))}
<h2>Failed jobs by error</h2>
${live.part("failures", failuresList(failures, view))}
${look.state.total.failed > maxGrouped ? html`<p class="dim">Only the newest ${counted(maxGrouped)} failed jobs are counted here.</p>` : ""}
${live.part("changes", changesIn(queueActions, view))}`;
  return { title: "Queue", place: "queue", body };
}

const heads = ["Ready", "Scheduled", "Running", "Failed", "Oldest wait", "Failure rate"] as const;

function typesTable(types: readonly TypeState[], pace: QueuePace, span: PaceSpan, view: View): Html {
  if (types.length === 0) return html`<p id="types" class="dim">No jobs yet.</p>`;
  const { words } = paceSpans[span];
  return html`<table id="types" class="card stacked"><thead><tr><th scope="col">Type</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}<th scope="col">${words.replace("the l", "L")}</th><td></td></tr></thead>
<tbody>${types.map((type) => typeRow(type, pace, words, view))}</tbody></table>`;
}

function typeRow(type: TypeState, { types, oldest }: QueuePace, words: string, view: View): Html {
  const { root } = view;
  const link = (count: number, state: string, isBad = false) => {
    const jobs = `${root}queue/jobs?${new URLSearchParams({ type: type.type, state })}`;
    return count === 0
      ? "0"
      : html`<a${isBad ? html` class="bad-text"` : ""} href="${jobs}">${counted(count)}</a>`;
  };
  const own = types.get(type.type);
  const since = oldest.get(type.type);
  const values = [
    link(type.pending, "ready"),
    link(type.scheduled, "scheduled"),
    link(type.processing, "leased"),
    link(type.failed, "failed", true),
    since === undefined ? "–" : elapsedTime(since, view),
    failureRate(own),
  ];
  return html`<tr><th scope="row">${type.type}${type.isPaused ? html` <span class="tag">paused</span>` : ""}${type.parked > 0 ? html`<span class="more">${type.parked} parked: no worker handles it</span>` : ""}</th>
${heads.map((head, index) => html`<td class="number" data-label="${head}">${values[index]}</td>`)}
<td>${own === undefined ? "" : paceChart(own, type.type, words)}</td>
<td class="act">${pauseButton(type.isPaused, type.type, type.type, view)}</td></tr>`;
}

function pauseButton(isPaused: boolean, type: string, about: string, view: View): Html {
  const action = isPaused ? "resume-type" : "pause-type";
  const text = `${isPaused ? "Resume" : "Pause"}${type === "*" ? " all" : ""}`;
  return actionButton(view, action, { text, about: type === "*" ? "types" : about, values: { type } });
}

type Held = ReadonlyMap<string, ReadonlyMap<string, number>>;

function workersTable(workers: readonly WorkerState[], held: Held, view: View): Html {
  if (workers.length === 0)
    return html`<p id="workers" class="dim">No workers are running. Start one: node laju queue:work</p>`;
  return html`<table id="workers" class="card stacked"><thead><tr><td></td><th scope="col">Worker</th><th scope="col">Job types</th><th scope="col" class="number">Concurrency</th><th scope="col">Since</th><th scope="col">Holds</th></tr></thead>
<tbody>${workers.map((worker) => workerRow(worker, held.get(worker.id) ?? new Map(), view))}</tbody></table>`;
}

function workerRow(worker: WorkerState, held: ReadonlyMap<string, number>, view: View): Html {
  const { id, host, pid, types, concurrency, startedAt, isAlive } = worker;
  const silent = html`<span class="more">no heartbeat: its jobs will be taken over</span>`;
  return html`<tr class="${isAlive ? "is-good" : "is-bad"}"><td class="dot"><span role="img" aria-label="${isAlive ? "alive" : "silent"}"></span></td>
<th scope="row">${host ?? id}${pid === null ? "" : `, pid ${pid}`}${isAlive ? "" : silent}</th><td data-label="Job types">${types === null ? "every type" : types.join(", ")}</td><td class="number" data-label="Concurrency">${concurrency ?? ""}</td>
<td data-label="Since">${startedAt === null ? "" : agoTime(startedAt, view)}</td><td data-label="Holds">${heldText(id, held, view)}</td></tr>`;
}

/** What a worker is processing, such as "8 jobs: SendInvoice 6, ResizeImage 2". */
function heldText(worker: string, held: ReadonlyMap<string, number>, { root }: View): Html {
  const count = [...held.values()].reduce((sum, one) => sum + one, 0);
  if (count === 0) return html`<span class="dim">nothing</span>`;
  const jobs = `${root}queue/jobs?${new URLSearchParams({ state: "leased", worker })}`;
  const types = [...held].map(([type, one]) => (held.size === 1 ? type : `${type} ${counted(one)}`));
  return html`<a href="${jobs}">${count === 1 ? "1 job" : `${counted(count)} jobs`}</a><span class="more">${types.join(", ")}</span>`;
}

function failuresList(failures: readonly JobFailures[], view: View): Html {
  if (failures.length === 0) return html`<p id="failures" class="dim">None.</p>`;
  return html`<ul id="failures" class="card rows attention">${failures.slice(0, 30).map((group) => failureRow(group, view))}</ul>`;
}

/** The maximum number of job ids to put in a URL. */
const mostInAddress = 500;

function failureRow({ title, types, ids, lastAt }: JobFailures, view: View): Html {
  const some = ids.slice(0, mostInAddress);
  const retry = view.canAct
    ? linkButton(
        `${actionLink(view, "retry", {})}${some.map((id) => `job=${id}`).join("&")}`,
        ids.length === 1
          ? "Retry"
          : some.length < ids.length
            ? `Retry ${some.length}`
            : `Retry all ${ids.length}`,
        title,
      )
    : html``;
  return html`<li><p><b class="bad-text">${ids.length}×</b> <span>${title.slice(0, 300)}</span> <span class="dim">${[...types].join(", ")}</span>${lastAt === null ? "" : html` <span class="dim">${agoTime(lastAt, view)}</span>`}</p>
<p class="buttons">${linkButton(`${view.root}queue/jobs/${ids[0]}`, "Show the newest", title)}${retry}</p></li>`;
}
