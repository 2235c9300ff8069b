/** A request's URL without credentials, and headers that carry them instead. */
export interface WebAddress {
  url: URL;
  headers: Record<string, string>;
}

/**
 * Moves the user and password of a URL into an Authorization header, because fetch rejects such URLs and prints them in
 * full. The error for an invalid URL doesn't show the URL either, because it could contain a password.
 */
export function webAddress(text: string): WebAddress {
  if (!URL.canParse(text)) throw new Error("the address is not a URL");
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url, headers: {} };
  const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
  return { url, headers: { authorization: `Basic ${login}` } };
}

/** A URL that is safe to show, without credentials and without the path, which is secret in a webhook. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return "…";
  const { origin, host, protocol, pathname, search } = new URL(text);
  const place = origin === "null" ? `${protocol}//${host}` : origin;
  return pathname.length > 1 || search !== "" ? `${place}/…` : place;
}

/** Removes the secret parts of a URL from a server's response, because many servers repeat the path there. */
export function withoutUrlSecrets(text: string, address: string): string {
  const { username, password, pathname, search, searchParams } = new URL(address);
  const whole = [pathname + search, pathname, search];
  // The login too: test servers such as httpbin repeat the request's headers.
  const login = webAddress(address).headers.authorization?.replace("Basic ", "") ?? "";
  const parts = [username, password, login, ...pathname.split("/"), ...searchParams.values()];
  const secrets = [...whole, ...parts].flatMap((part) => [part, decoded(part)]).filter(isSecret);
  return secrets
    .sort((a, b) => b.length - a.length)
    .reduce((now, secret) => now.replaceAll(secret, "…"), text);
}

/**
 * Whether this part of a path may be a secret. Short parts, such as /hook, are ordinary words that a response could
 * contain anyway.
 */
function isSecret(part: string): boolean {
  return part.length > 5;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // The text contains a literal %.
  }
}
