/** Where a request goes, and the headers that carry what stood in its URL before the host. */
export interface WebAddress {
  url: URL;
  headers: Record<string, string>;
}

/**
 * fetch refuses a URL with a user and password in it, and prints it whole. They travel as an Authorization header.
 * Throws without showing the text: a password may be what makes it no URL.
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

/** A URL as it may be shown: the path of a webhook, and what stands before the host, are secrets. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return "…";
  const { origin, host, protocol, pathname, search } = new URL(text);
  const place = origin === "null" ? `${protocol}//${host}` : origin;
  return pathname.length > 1 || search !== "" ? `${place}/…` : place;
}

/** A text from there without the parts of the URL that are secret: many servers repeat the path in their answer. */
export function withoutUrlSecrets(text: string, address: string): string {
  const { username, password, pathname, search, searchParams } = new URL(address);
  const whole = [pathname + search, pathname, search];
  // Servers for trying out repeat the headers.
  const login = webAddress(address).headers.authorization?.replace("Basic ", "") ?? "";
  const parts = [username, password, login, ...pathname.split("/"), ...searchParams.values()];
  const secrets = [...whole, ...parts].flatMap((part) => [part, decoded(part)]).filter(isSecret);
  return secrets
    .sort((a, b) => b.length - a.length)
    .reduce((now, secret) => now.replaceAll(secret, "…"), text);
}

/** Short parts, such as /hook, are words that an answer may well have of its own. */
function isSecret(part: string): boolean {
  return part.length > 5;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is meant as it stands.
    return text;
  }
}
