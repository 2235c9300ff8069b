import { formatDuration } from "../../config/duration";
import type { TypeState, WorkerState } from "../../views/queue/queueState";
import { type Html, html, markup } from "../html";
import { actionButton, linkButton } from "../parts/controls";
import { queueCard } from "../parts/queueCard";
import { agoTime } from "../parts/times";
import { type JobFailures, readFailedJobs, readPaces, type TypePace } from "../read/jobs";
import { readQueue } from "../read/queue";
import { actionLink, type Page, type View } from "../view";

/** The queue: its types, its workers, and its failed jobs grouped by error. */
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
  const now = view.clock.now.getTime();
  const [paces, failures] = await Promise.all([readPaces(now), readFailedJobs()]);
  const { types, workers, paused } = look.state;
  const body = html`<div class="title"><h1>Queue</h1><p class="buttons">${linkButton(`${view.root}queue/jobs`, "All jobs", "")}${pauseButton(paused.includes("*"), "*", "all jobs", view)}</p></div>
${live.part("queue", queueCard(look, view, { isAlone: true }))}
<h2>Types</h2>
${live.part("types", typesTable(types, paces, view))}
<h2>Workers</h2>
${live.part("workers", workersTable(workers, view))}
<h2>Failed jobs by error</h2>
${live.part("failures", failuresList(failures, view))}`;
  return { title: "Queue", place: "queue", body };
}

function typesTable(types: readonly TypeState[], paces: ReadonlyMap<string, TypePace>, view: View): Html {
  if (types.length === 0) return html`<p id="types" class="dim">No jobs yet.</p>`;
  const heads = ["Ready", "Scheduled", "Running", "Failed", "Oldest wait", "Failure rate"];
  return html`<table id="types" class="card"><thead><tr><th scope="col">Type</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}<th scope="col">Last hour</th><td></td></tr></thead>
<tbody>${types.map((type) => typeRow(type, paces.get(type.type), view))}</tbody></table>`;
}

function typeRow(type: TypeState, pace: TypePace | undefined, view: View): Html {
  const { root } = view;
  const jobs = (state: string) => `${root}queue/jobs?${new URLSearchParams({ type: type.type, state })}`;
  const link = (count: number, state: string, isBad = false) =>
    html`<td class="number">${count === 0 ? "0" : html`<a${isBad ? html` class="bad-text"` : ""} href="${jobs(state)}">${count.toLocaleString("en")}</a>`}</td>`;
  return html`<tr><th scope="row">${type.type}${type.isPaused ? html` <span class="tag">paused</span>` : ""}${type.parked > 0 ? html`<span class="more">${type.parked} parked: no worker handles it</span>` : ""}</th>
${link(type.pending, "ready")}${link(type.scheduled, "scheduled")}${link(type.processing, "leased")}${link(type.failed, "failed", true)}
<td class="number">${waitText(pace)}</td><td class="number">${rateText(pace)}</td>
<td>${pace === undefined ? "" : minuteBars(type.type, pace)}</td>
<td class="act">${pauseButton(type.isPaused, type.type, type.type, view)}</td></tr>`;
}

function waitText(pace: TypePace | undefined): string {
  if (pace?.oldestWait == null) return "–";
  return `${pace.isAtLeast ? "over " : ""}${formatDuration(Math.floor(pace.oldestWait / 1_000) * 1_000)}`;
}

function rateText(pace: TypePace | undefined): string {
  const ended = (pace?.completed ?? 0) + (pace?.failed ?? 0);
  return pace === undefined || ended === 0 ? "–" : `${Math.ceil((pace.failed / ended) * 1_000) / 10}%`;
}

function minuteBars(type: string, { minutes, completed, failed }: TypePace): Html {
  const most = Math.max(...minutes, 1);
  const bars = minutes.map((count, minute) => {
    const height = count === 0 ? 0 : Math.max(2, Math.round((count / most) * 20));
    return height === 0 ? "" : `M${minute * 2} 20v-${height}h1.6v${height}z`;
  });
  const label = `${type}: ${completed} completed and ${failed} failed in the last hour`;
  return html`<svg class="minutes" viewBox="0 0 120 20" role="img" aria-label="${label}">${markup(`<path class="now" d="${bars.join("")}"/>`)}</svg>`;
}

function pauseButton(isPaused: boolean, type: string, about: string, view: View): Html {
  const action = isPaused ? "resume-type" : "pause-type";
  return actionButton(view, action, { text: isPaused ? "Resume" : "Pause", about, values: { type } });
}

function workersTable(workers: readonly WorkerState[], view: View): Html {
  if (workers.length === 0)
    return html`<p id="workers" class="dim">No workers are running. Start one: node laju queue:work</p>`;
  return html`<table id="workers" class="card"><thead><tr><td></td><th scope="col">Worker</th><th scope="col">Takes</th><th scope="col" class="number">At once</th><th scope="col">Since</th><td></td></tr></thead>
<tbody>${workers.map((worker) => workerRow(worker, view))}</tbody></table>`;
}

function workerRow({ id, host, pid, types, concurrency, startedAt, isAlive }: WorkerState, view: View): Html {
  const held = `${view.root}queue/jobs?${new URLSearchParams({ state: "leased", worker: id })}`;
  return html`<tr class="${isAlive ? "is-good" : "is-bad"}"><td class="dot"><span role="img" aria-label="${isAlive ? "alive" : "silent"}"></span></td>
<th scope="row">${host ?? id}${pid === null ? "" : `, pid ${pid}`}</th><td>${types === null ? "every type" : types.join(", ")}</td><td class="number">${concurrency ?? ""}</td>
<td>${startedAt === null ? "" : agoTime(startedAt, view)}</td><td class="act">${linkButton(held, "What it holds", host ?? id)}</td></tr>`;
}

function failuresList(failures: readonly JobFailures[], view: View): Html {
  if (failures.length === 0) return html`<p id="failures" class="dim">None.</p>`;
  return html`<ul id="failures" class="card rows attention">${failures.slice(0, 30).map((group) => failureRow(group, view))}</ul>`;
}

function failureRow({ title, types, ids, lastAt }: JobFailures, view: View): Html {
  const retry = view.canAct
    ? linkButton(
        `${actionLink(view, "retry", {})}${ids.map((id) => `job=${id}`).join("&")}`,
        ids.length === 1 ? "Retry" : `Retry all ${ids.length}`,
        title,
      )
    : html``;
  return html`<li><p><b class="bad-text">${ids.length}×</b> <span>${title.slice(0, 300)}</span> <span class="dim">${[...types].join(", ")}</span>${lastAt === null ? "" : html` <span class="dim">${agoTime(lastAt, view)}</span>`}</p>
<p class="buttons">${linkButton(`${view.root}queue/jobs/${ids[0]}`, "Show the newest", title)}${retry}</p></li>`;
}
