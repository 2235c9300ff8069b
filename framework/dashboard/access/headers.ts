import { randomBytes } from "node:crypto";

/** Sent with every response. Pages load and run only our own files, and no page of another site can frame ours. */
export const safeHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy(),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // With no-referrer, browsers would send "Origin: null" with our own forms, and isCrossSite() would reject them.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** A content security policy for the sign-in page, whose style is inline because asset files require a session. */
export function withStyleNonce(): { nonce: string; policy: string } {
  const nonce = randomBytes(16).toString("base64");
  return { nonce, policy: policy(` 'nonce-${nonce}'`) };
}

function policy(styles = ""): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${styles}`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types laju laju-log",
  ].join("; ");
}
