import { randomBytes } from "node:crypto";
import { isSameSecret, signature } from "./secret";
import type { Visitor } from "./visitor";

/**
 * Stands for the token in rendered pages, because each visitor gets a different token. It is random, so no other text
 * can contain it.
 */
export const tokenPlaceholder = `token-${randomBytes(16).toString("hex")}`;

/**
 * The token of a visitor's forms. It looks different in every page, so that an attacker who can add text to a
 * page can't learn it from the compressed size (BREACH).
 */
export function formToken(key: Buffer, { session }: Visitor): string {
  const nonce = randomBytes(12).toString("base64url");
  return `${nonce}.${signature(key, `${nonce} ${session}`)}`;
}

export function isFormToken(key: Buffer, { session }: Visitor, given: unknown): boolean {
  if (typeof given !== "string" || given.length > 200) return false;
  const [nonce = "", signed = ""] = given.split(".");
  return isSameSecret(signed, signature(key, `${nonce} ${session}`));
}

/** Whether, according to the browser, the request came from another site's page. */
export function isCrossSite(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin");
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}
