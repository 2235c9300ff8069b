import { postText } from "./httpNotice";
import { tried } from "./tried";

/** What a ping says, as Healthchecks.io has it: that a run begins, went well or failed. */
export type PingEvent = "start" | "success" | "fail";

/** URL/start, URL/fail, or for a success the URL itself, with a text as the body. Throws when nobody took it. */
export function ping(url: string, event: PingEvent, body: string): Promise<void> {
  const target = new URL(url);
  if (event !== "success") target.pathname = `${target.pathname.replace(/\/$/, "")}/${event}`;
  return tried(() => postText(target.href, body));
}
