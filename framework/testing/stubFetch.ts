import { LajuError } from "../config/errors";
import { currentCapture } from "./captured/captured";
import { replaceGlobal } from "./replaceGlobal";

/** Answers a request instead of the network. */
export type FetchStub = (request: Request) => Response | Promise<Response>;

/** Runs `work`. During that time, `stub`, if given, answers every call of fetch. */
export async function withFetch<T>(stub: FetchStub | undefined, work: () => Promise<T>): Promise<T> {
  if (stub === undefined) return work();
  const replacement = replaceGlobal(
    "fetch",
    (own) => async (input, init) => (own.isOver ? own.before(input, init) : stub(new Request(input, init))),
  );
  try {
    return await work();
  } finally {
    replacement.end();
  }
}

/**
 * Makes requests of the code under test fail unless the test answers them, so that no test reaches another machine. If
 * the test replaces fetch (vi.spyOn, mock.method) or sets a MockAgent as the global dispatcher, its replacement is
 * used.
 */
export function guardFetch(): void {
  const fetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (currentCapture() === undefined || isHere(url) || isMocked()) return fetch(input, init);
    throw new LajuError(
      `the code under test requested ${url.origin}${url.pathname}, but the test has no stub for it`,
      {
        code: "E_TEST_FETCH",
        hint: "Pass a fetch to the test: testCommand(command, { fetch: (request) => Response.json({ … }) }).",
      },
    );
  };
}

function isHere({ hostname, protocol }: URL): boolean {
  return /^(data|blob):$/.test(protocol) || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Whether the test has set a MockAgent as the global dispatcher, which undici stores under this symbol. */
function isMocked(): boolean {
  const dispatcher = (globalThis as Record<symbol, unknown>)[Symbol.for("undici.globalDispatcher.1")];
  return /mock/i.test((dispatcher as object | undefined)?.constructor.name ?? "");
}
