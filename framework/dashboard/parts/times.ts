import { formatDuration } from "../../config/duration";
import { shortTime } from "../../host/hostClock";
import { ago, until } from "../../text/ago";
import { type Html, html } from "../html";
import type { View } from "../view";

type Clocked = Pick<View, "clock">;

/** A past time such as "41m ago". The page's script keeps it current. */
export function agoTime(at: number, view: Clocked): Html {
  return timeElement(at, "ago", view);
}

/** A future time, such as "in 9m". */
export function inTime(at: number, view: Clocked): Html {
  return timeElement(at, "in", view);
}

/** How long something has been running, such as "2m 41s". */
export function elapsedTime(since: number, view: Clocked): Html {
  return timeElement(since, "for", view);
}

/** The progress of something that started at `since` and usually takes `usualMs`. */
export function timeBar(since: number, usualMs: number, label: string): Html {
  return html`<progress data-since="${since}" max="${Math.max(usualMs, 1)}" aria-label="${label}"></progress>`;
}

/** A time such as "Mon 30 Nov 07:05:12", in the server's time zone. */
export function exactTime(at: number, { clock }: Clocked): string {
  const second = String(Math.floor(at / 1_000) % 60).padStart(2, "0");
  return `${shortTime(new Date(at), clock.hostTimezone)}:${second}`;
}

/**
 * A <time> element without its text, which `withTimes` fills in when the page is sent. So cached markup doesn't become
 * outdated and can be compared.
 */
function timeElement(at: number, kind: "ago" | "in" | "for", view: Clocked): Html {
  const title = `${exactTime(at, view)} ${view.clock.hostTimezone}`;
  return html`<time datetime="${new Date(at).toISOString()}" data-${kind} title="${title}"></time>`;
}

const timeTag = /<time datetime="([^"]+)" data-(ago|in|for) title="[^"]*">/g;
const barTag = /<progress data-since="(\d+)" max="(\d+)"/g;

/** Fills in the relative times. Only elements that this file writes can match, because all other text is escaped. */
export function withTimes(markup: string, now: number): string {
  return markup
    .replace(timeTag, (tag, at: string, kind: string) => tag + relativeText(kind, now - Date.parse(at)))
    .replace(barTag, (tag, since: string, max: string) => {
      return `${tag} value="${Math.max(0, Math.min(now - Number(since), Number(max)))}"`;
    });
}

function relativeText(kind: string, elapsed: number): string {
  if (kind === "ago") return ago(elapsed);
  if (kind === "in") return `in ${until(-elapsed)}`;
  return formatDuration(Math.max(0, Math.floor(elapsed / 1_000) * 1_000));
}
