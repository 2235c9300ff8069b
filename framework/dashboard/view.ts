import type { HostClock } from "../schedule/times/nextRuns";
import type { Html } from "./html";
import type { LiveParts } from "./live/liveParts";

/**
 * What a page needs to know about its request. Contains nothing about the visitor, because a page is rendered once for
 * many visitors.
 */
export interface View {
  /** The relative path from this page to the home page: "./" or "../". Every link begins with it. */
  root: string;
  query: URLSearchParams;
  clock: HostClock;
  /** Whether buttons that change something are shown. */
  canAct: boolean;
  live: LiveParts;
}

/** A page's title and content, without the frame that all pages have in common. */
export interface Page {
  title: string;
  /** The page's section in the navigation. */
  place: "commands" | "runs" | "queue" | "none";
  body: Html;
  /** Whether the page shows a log, which needs its own script. */
  hasLog?: boolean;
}

/** A link to a command, run or job. It is relative, so that it works under any path that a proxy uses. */
export function commandLink({ root }: Pick<View, "root">, name: string): string {
  return `${root}commands/${name.split("/").map(encodeURIComponent).join("/")}`;
}

export function runLink({ root }: Pick<View, "root">, id: number): string {
  return `${root}runs/${id}`;
}

/** The URL of the confirmation page for an action. */
export function actionLink(
  { root }: Pick<View, "root">,
  action: string,
  values: Record<string, string>,
): string {
  return `${root}do/${action}?${new URLSearchParams(values)}`;
}
