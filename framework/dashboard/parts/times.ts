import { formatDuration } from "../../config/duration";
import { shortTime } from "../../host/hostClock";
import { ago, until } from "../../text/ago";
import { type Html, html } from "../html";
import type { View } from "../view";

type Clocked = Pick<View, "clock">;

/** "41m ago", kept current by the page's script. */
export function agoTime(at: number, view: Clocked): Html {
  return timeElement(at, "ago", ago(view.clock.now.getTime() - at), view);
}

/** "in 9m". */
export function inTime(at: number, view: Clocked): Html {
  return timeElement(at, "in", `in ${until(at - view.clock.now.getTime())}`, view);
}

/** "2m 41s", the time since something started that is still running. */
export function elapsedTime(since: number, view: Clocked): Html {
  return timeElement(since, "for", formatDuration(seconds(view.clock.now.getTime() - since)), view);
}

/** "Mon 30 Nov 07:05:12", in the server's time zone. */
export function absoluteTime(at: number, view: Clocked): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${exactTime(at, view)}</time>`;
}

export function exactTime(at: number, { clock }: Clocked): string {
  const second = String(Math.floor(at / 1_000) % 60).padStart(2, "0");
  return `${shortTime(new Date(at), clock.hostTimezone)}:${second}`;
}

function timeElement(at: number, kind: "ago" | "in" | "for", text: string, view: Clocked): Html {
  const title = `${exactTime(at, view)} ${view.clock.hostTimezone}`;
  return html`<time datetime="${new Date(at).toISOString()}" data-${kind} title="${title}">${text}</time>`;
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1_000) * 1_000);
}
