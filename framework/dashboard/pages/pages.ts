import type { Page, View } from "../view";
import { commandPage } from "./command";
import { homePage } from "./home";
import { jobPage, jobsPage } from "./jobs";
import { queuePage } from "./queue";
import { runPage } from "./run";
import { runsPage } from "./runs";

type Draw = (view: View, ...parts: string[]) => Page | undefined | Promise<Page | undefined>;

/** All pages by their path relative to the home page. */
const pages: [path: RegExp, draw: Draw][] = [
  [/^$/, homePage],
  [/^commands\/(.+)$/, commandPage],
  [/^runs$/, runsPage],
  [/^runs\/(\w+)$/, runPage],
  [/^queue$/, queuePage],
  [/^queue\/jobs$/, jobsPage],
  [/^queue\/jobs\/(\d{1,15})$/, jobPage],
];

/** Renders the page at a path; undefined if no page has this path. */
export async function pageAt(path: string, view: View): Promise<Page | undefined> {
  for (const [pattern, draw] of pages) {
    const match = pattern.exec(path);
    if (match !== null) return draw(view, ...match.slice(1));
  }
  return undefined;
}
