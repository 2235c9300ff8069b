import { randomBytes } from "node:crypto";

/** So many sentences wait for the page that shows them. */
const mostKept = 1_000;

const kept = new Map<string, string>();

/** Keeps what an action came to for the next page; the address says which it is, so that nobody can write another. */
export function keepNotice(message: string): string {
  const id = randomBytes(9).toString("base64url");
  kept.set(id, message);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return id;
}

export function noticeOf(id: string | null): string | undefined {
  return id === null ? undefined : kept.get(id);
}
