import type { Visitor } from "../access/visitor";
import { type Html, html } from "../html";
import { exactTime } from "../parts/times";
import type { Page, View } from "../view";

/** The frame around every page. */
export interface Frame {
  app: string;
  host: string;
  visitor: Visitor;
  /** The page's own path, relative to the home page, for its live changes. */
  path: string;
  /** The names of the style and script files, which change with their contents. */
  style: string;
  scripts: readonly string[];
  /** The result of the last action. */
  notice?: string | undefined;
}

const places = [
  ["commands", "", "Commands"],
  ["runs", "runs", "Runs"],
  ["queue", "queue", "Queue"],
] as const;

export function layout({ title, place, body }: Page, view: View, frame: Frame): Html {
  const { root, clock, live } = view;
  const links = places.map(
    ([name, path, text]) =>
      html`<a href="${root}${path}"${name === place ? html` aria-current="page"` : ""}>${text}</a>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${frame.app}</title>
<link rel="icon" href="${root}assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}assets/${frame.style}">
${frame.scripts.map((script) => html`<script src="${root}assets/${script}" defer></script>`)}
</head>
<body data-root="${root}" data-page="${frame.path}" data-version="${live.version()}" data-now="${clock.now.getTime()}" data-zone="${clock.hostTimezone}">
<a class="skip" href="#main">Skip to the content</a>
<header><div class="bar"><a class="brand" href="${root}">${frame.app}</a>
<nav aria-label="Places">${links}</nav>
<div class="where"><span id="live" role="status"></span><span>${frame.host} · <time id="clock">${clockText(view)}</time> ${clock.hostTimezone}</span>${visitorText(frame.visitor, view)}</div></div></header>
<main id="main">${frame.notice === undefined ? "" : html`<p class="notice card" role="status">${frame.notice}</p>`}
${body}</main>
</body>
</html>
`;
}

function clockText({ clock }: View): string {
  return exactTime(clock.now.getTime(), { clock }).slice(-8);
}

function visitorText({ name, canAct, hasSession }: Visitor, { root }: View): Html {
  const may = canAct ? "" : " (read-only)";
  if (!hasSession) return html`<span>${name}${may}</span>`;
  return html`<form method="post" action="${root}logout">${name}${may} · <button class="link">Sign out</button></form>`;
}
