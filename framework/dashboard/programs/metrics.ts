import { openIncidents } from "../../runs/ledger/incidents";
import { ledger } from "../../runs/ledger/ledgerFile";
import { aliveWorkers } from "../../views/queue/queueState";
import { needsAttention } from "../../views/statusOrder";
import { usual } from "../parts/sparkline";
import { openQueue, readQueue } from "../read/queue";
import { readWorld, type World } from "../read/world";
import { countRuns } from "./runCounts";

type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number];

interface Metric {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples: Sample[];
}

/** All metrics in Prometheus' text format (version 0.0.4). */
export async function metricsText(now: number): Promise<string> {
  const metrics = [...runMetrics(readWorld()), ...(await queueMetrics(now))];
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(metricText)
    .join("");
}

function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function runMetrics({ status, strips }: World): Metric[] {
  const rows = status.commands;
  const each = (read: (row: (typeof rows)[number]) => number | null | undefined): Sample[] =>
    rows.flatMap((row) => {
      const value = read(row);
      return value == null ? [] : [[{ command: row.name }, value] as Sample];
    });
  const kinds = new Map<string, number>();
  for (const { kind } of openIncidents()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [
    {
      ...{ name: "laju_runs_total", type: "counter", help: "Runs that ended, by command and state." },
      samples: countRuns().map(({ name, state, count }) => [{ command: name, state }, count]),
    },
    gauge(
      "laju_running",
      "Whether a run is in progress.",
      each((row) => (row.running === null ? 0 : 1)),
    ),
    gauge(
      "laju_last_duration_seconds",
      "How long the last run took.",
      each(({ last }) => seconds(last?.durationMs)),
    ),
    gauge(
      "laju_usual_duration_seconds",
      "The median duration of the last successful runs.",
      each(({ name }) => seconds(usual(strips.get(name) ?? []))),
    ),
    gauge(
      "laju_last_success_timestamp_seconds",
      "When the last successful run ended.",
      each(({ name }) => lastSuccess(name)),
    ),
    gauge(
      "laju_next_due_timestamp_seconds",
      "When the command is due next.",
      each(({ nextRun }) => (nextRun === null ? null : Date.parse(nextRun) / 1_000)),
    ),
    gauge(
      "laju_needs_attention",
      "Whether the command has an unacknowledged problem.",
      each((row) => Number(needsAttention(row))),
    ),
    gauge(
      "laju_incidents_open",
      "Open incidents by kind.",
      [...kinds].map(([kind, count]) => [{ kind }, count]),
    ),
    gauge("laju_host_troubles", "Problems that keep commands from running on this host.", [
      [{}, (status.health ?? []).filter(({ state }) => state === "bad").length],
    ]),
  ];
}

async function queueMetrics(now: number): Promise<Metric[]> {
  const { state } = await readQueue();
  if (state === undefined) return [];
  const ready = await (await openQueue()).oldestReady();
  const oldest = new Map(ready.map(({ type, since }) => [type, Math.max(0, now - since)]));
  const states = ["pending", "parked", "scheduled", "processing", "failed"] as const;
  return [
    gauge(
      "laju_queue_jobs",
      "Jobs by type and state; pending ones are ready.",
      state.types.flatMap((type) =>
        states.map((one): Sample => [{ type: type.type, state: one }, type[one]]),
      ),
    ),
    gauge(
      "laju_queue_oldest_wait_seconds",
      "How long the oldest ready job has waited.",
      state.types.map(({ type }) => [{ type }, (oldest.get(type) ?? 0) / 1_000]),
    ),
    gauge("laju_queue_workers", "The number of live workers.", [[{}, aliveWorkers(state).length]]),
  ];
}

function gauge(name: string, help: string, samples: Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}

function seconds(ms: number | null | undefined): number | null {
  return ms == null ? null : ms / 1_000;
}

function lastSuccess(name: string): number | null {
  const row = ledger()
    .prepare("SELECT finished_at FROM runs WHERE name = ? AND state = 'succeeded' ORDER BY id DESC LIMIT 1")
    .pluck()
    .get(name) as number | null | undefined;
  return row == null ? null : row / 1_000;
}
