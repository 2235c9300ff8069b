import { LajuError } from "../config/errors";
import { currentCapture } from "./captured/captured";

/** Answers a request in place of the network. */
export type FetchStub = (request: Request) => Response | Promise<Response>;

/** Does `work` while fetch is answered by `stub`, if there is one. */
export async function withFetch<T>(stub: FetchStub | undefined, work: () => Promise<T>): Promise<T> {
  if (stub === undefined) return work();
  const before = globalThis.fetch;
  globalThis.fetch = async (input, init) => stub(new Request(input, init));
  try {
    return await work();
  } finally {
    globalThis.fetch = before;
  }
}

/**
 * Keeps the code under test from other machines: a request that nobody stubs fails. What the test puts in fetch's place
 * (vi.spyOn, mock.method), and a MockAgent as the global dispatcher, come before this.
 */
export function guardFetch(): void {
  const fetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (currentCapture() === undefined || isHere(url) || isMocked()) return fetch(input, init);
    throw new LajuError(`the code under test requests ${url.origin}${url.pathname}, which nothing answers`, {
      code: "E_TEST_FETCH",
      hint: "Give the test a fetch: testCommand(command, { fetch: (request) => Response.json({ … }) }).",
    });
  };
}

function isHere({ hostname, protocol }: URL): boolean {
  return /^(data|blob):$/.test(protocol) || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** undici's own place for the dispatcher of all requests. */
function isMocked(): boolean {
  const dispatcher = (globalThis as Record<symbol, unknown>)[Symbol.for("undici.globalDispatcher.1")];
  return /mock/i.test((dispatcher as object | undefined)?.constructor.name ?? "");
}
