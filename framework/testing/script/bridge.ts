import type { ChildProcess } from "node:child_process";

/** A request that a script made with fetch, passed to the test's process. */
export interface FetchAsked {
  id: number;
  url: string;
  method: string;
  headers: [string, string][];
  body: Uint8Array | undefined;
}

/** The response that the test's process returns. */
export type FetchAnswer =
  | { id: number; status: number; statusText: string; headers: [string, string][]; body: Uint8Array }
  | { id: number; error: string };

/** Makes the request in the test's process, so that the test's stubs apply. */
export async function answerFetch(child: ChildProcess, { id, url, ...request }: FetchAsked): Promise<void> {
  try {
    const init = { method: request.method, headers: request.headers, ...bodyOf(request.body) };
    const response = await fetch(new Request(url, init));
    const { status, statusText, headers } = response;
    const body = new Uint8Array(await response.arrayBuffer());
    send(child, { id, status, statusText, headers: [...headers], body });
  } catch (error) {
    send(child, { id, error: String(error.message ?? error) });
  }
}

function bodyOf(body: Uint8Array | undefined): { body?: Uint8Array<ArrayBuffer> } {
  return body === undefined ? {} : { body: new Uint8Array(body) };
}

function send(child: ChildProcess, answer: FetchAnswer): void {
  if (child.connected) child.send(answer);
}

/** A replacement of fetch in the script's process, which passes requests to the test's process. */
export function fetchByTest(): typeof fetch {
  const waiting = new Map<number, (answer: FetchAnswer) => void>();
  let count = 0;
  process.on("message", (answer: FetchAnswer) => waiting.get(answer.id)?.(answer));
  process.channel?.unref();
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const id = ++count;
    const { url, method, headers, signal } = request;
    const answer = new Promise<FetchAnswer>((resolve, reject) => {
      waiting.set(id, resolve);
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    // While a request is pending, keep the script from exiting.
    process.channel?.ref();
    process.send?.({ id, url, method, headers: [...headers], body } satisfies FetchAsked);
    try {
      return responseOf(await answer);
    } finally {
      waiting.delete(id);
      if (waiting.size === 0) process.channel?.unref();
    }
  };
}

function responseOf(answer: FetchAnswer): Response {
  if ("error" in answer) throw new TypeError(answer.error);
  const { status, statusText, headers, body } = answer;
  const isBodiless = [101, 204, 205, 304].includes(status);
  return new Response(isBodiless ? null : new Uint8Array(body), { status, statusText, headers });
}
