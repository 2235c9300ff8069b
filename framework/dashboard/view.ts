import type { HostClock } from "../schedule/times/nextRuns";
import type { Html } from "./html";
import type { LiveParts } from "./live/liveParts";

/** What a page has to know of the request that it is drawn for. Nothing of the visitor: many may look at one drawing. */
export interface View {
  /** The way from this page to the first one: "./" or "../". Every link begins with it. */
  root: string;
  query: URLSearchParams;
  clock: HostClock;
  /** Whether buttons that change something are shown. */
  canAct: boolean;
  live: LiveParts;
}

/** A page without what is around it. */
export interface Page {
  title: string;
  /** Which of the places at the top it belongs to. */
  place: "commands" | "runs" | "queue" | "none";
  body: Html;
}

/** A link to a command, a run or a job: relative, so that it holds behind any proxy's path. */
export function commandLink({ root }: Pick<View, "root">, name: string): string {
  return `${root}commands/${name.split("/").map(encodeURIComponent).join("/")}`;
}

export function runLink({ root }: Pick<View, "root">, id: number): string {
  return `${root}runs/${id}`;
}

/** The page that asks before it does something. */
export function actionLink(
  { root }: Pick<View, "root">,
  action: string,
  values: Record<string, string>,
): string {
  return `${root}do/${action}?${new URLSearchParams(values)}`;
}
