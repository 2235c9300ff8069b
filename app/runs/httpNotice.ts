const requestTimeoutMs = 10_000;

/** What a receiver answered in place of taking a notice. */
export class HttpError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/**
 * Throws when nobody took it. fetch follows 301, 302 and 303 with a GET without a body, and the page that answers it (a
 * login, say) looks as if the notice had been taken; 307 and 308 mean the same request elsewhere.
 */
export async function postJson(url: string, json: string, redirects = 3): Promise<void> {
  const response = await post(url, "application/json", { body: json, redirect: "manual" });
  const next = response.headers.get("location");
  if (next === null || response.status < 300 || response.status > 399) return taken(url, response);
  await response.body?.cancel();
  const target = new URL(next, url);
  if (response.status > 306 && redirects > 0) return postJson(target.href, json, redirects - 1);
  const elsewhere = `names another address at ${target.host}: set that one`;
  throw new HttpError(`${new URL(url).host} answered ${response.status} and ${elsewhere}`, response.status);
}

/** For pings: the GET of a redirection counts as one, too. */
export async function postText(url: string, text: string): Promise<void> {
  return taken(url, await post(url, "text/plain; charset=utf-8", { body: text }));
}

function post(url: string, contentType: string, request: RequestInit): Promise<Response> {
  const headers = { "content-type": contentType, "user-agent": "laju" };
  const signal = AbortSignal.timeout(requestTimeoutMs);
  return fetch(url, { method: "POST", headers, signal, ...request });
}

async function taken(url: string, response: Response): Promise<void> {
  if (response.ok) return void (await response.body?.cancel());
  const answer = (await response.text()).slice(0, 200);
  // The path of such a URL is its secret.
  throw new HttpError(
    `${new URL(url).host} answered ${response.status} ${answer}`.trimEnd(),
    response.status,
  );
}
