import { webAddress, withoutUrlSecrets } from "../../services/webAddress";
import { errorMessage } from "../../text/errorText";
import { isError } from "../../text/isError";

const requestTimeoutMs = 10_000;
/**
 * How much of a response to read (in bytes) and to show (in characters), because a receiver could send an endless one.
 */
const longestAnswer = 4_096;
const longestShown = 200;
const maxRedirects = 3;

/** The receiver responded, but did not accept the notice. */
export class HttpError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/**
 * Posts a notice, and throws if the receiver did not accept it. Follows only 307 and 308, which repeat the same request
 * at another URL. A 301, 302 or 303 would turn it into a GET without the body, and a login page's response to that
 * would look like success.
 */
export function postJson(url: string, json: string): Promise<void> {
  return send(url, { type: "application/json", body: json, takesGet: false });
}

/** Posts a ping's text. Follows every redirect, because for a ping a GET counts too. */
export function postText(url: string, text: string): Promise<void> {
  return send(url, { type: "text/plain; charset=utf-8", body: text, takesGet: true });
}

interface Sending {
  type: string;
  body: string;
  takesGet: boolean;
}

/**
 * Follows redirects only within the same origin: the user chose this host with this protocol, not another host, or this
 * one without TLS.
 */
async function send(address: string, { type, body, takesGet }: Sending): Promise<void> {
  const { url: start, headers } = webAddress(address);
  const common = { redirect: "manual", signal: AbortSignal.timeout(requestTimeoutMs) } as const;
  const own = { ...headers, "user-agent": "laju" };
  const post = { ...common, method: "POST", headers: { ...own, "content-type": type }, body };
  const get = { ...common, method: "GET", headers: own };

  let request: RequestInit = post;
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const response = await answerOf(address, url, request);
    const target = targetOf(response, url);
    if (target === undefined) return checkAccepted(address, response);
    await response.body?.cancel();
    const isSame = response.status > 306;
    if (redirects >= maxRedirects) throw notAccepted(url, response, "and redirected too often");
    const isWeb = /^https?:$/.test(target.protocol);
    if (!isWeb)
      throw notAccepted(url, response, `and redirected to ${target.protocol}…, which is not a web address`);
    if (target.origin !== start.origin || !(isSame || takesGet)) {
      throw notAccepted(url, response, `and redirected to ${target.origin}: set that URL instead`);
    }
    if (!isSame) request = get;
    url = target;
  }
}

async function answerOf(address: string, url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    // fetch's own message is only "fetch failed", so add the cause, without the secrets of the URL it may contain.
    const cause = isError(error) && error.cause !== undefined ? `: ${errorMessage(error.cause)}` : "";
    throw new Error(`${url.host}: ${withoutUrlSecrets(errorMessage(error) + cause, address)}`);
  }
}

function targetOf({ status, headers }: Response, url: URL): URL | undefined {
  const location = headers.get("location");
  if (location === null || status < 300 || status > 399 || !URL.canParse(location, url.href))
    return undefined;
  return webAddress(new URL(location, url).href).url;
}

async function checkAccepted(address: string, response: Response): Promise<void> {
  if (response.ok) return void (await response.body?.cancel());
  const answer = withoutUrlSecrets(await startOf(response), address)
    .replaceAll(/\s+/g, " ")
    .trim();
  throw notAccepted(new URL(address), response, answer);
}

function notAccepted({ host }: URL, { status }: Response, what: string): HttpError {
  return new HttpError(`${host} answered ${status} ${what.slice(0, longestShown)}`.trimEnd(), status);
}

async function startOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      // Leaving the loop cancels the download.
      if (length >= longestAnswer) break;
    }
  } catch {
    // The connection broke, but the status is known, and only that matters.
  }
  return Buffer.concat(chunks).subarray(0, longestAnswer).toString();
}
