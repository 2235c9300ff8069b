import { randomBytes } from "node:crypto";

/** The maximum number of messages to keep until a page shows them. */
const maxKept = 1_000;

const kept = new Map<string, string>();

/**
 * Keeps an action's message for the next page. The URL contains only its id, so that nobody can make the page
 * show other text.
 */
export function keepNotice(message: string): string {
  const id = randomBytes(9).toString("base64url");
  kept.set(id, message);
  const [oldest] = kept.keys();
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
  return id;
}

export function noticeOf(id: string | null): string | undefined {
  return id === null ? undefined : kept.get(id);
}
