import { type Html, html, markup } from "../html";

/** What the sign-in page shows. */
export interface SignIn {
  app: string;
  hasPassword: boolean;
  /** The page the visitor wanted to open. */
  to: string;
  problem?: string | undefined;
  style: string;
  nonce: string;
}

export function signInPage({ app, hasPassword, to, problem, style, nonce }: SignIn): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sign in · ${app}</title>
<style nonce="${nonce}">${markup(style)}</style>
</head>
<body>
<main class="signin"><h1>${app}</h1>
<div class="card">${problem === undefined ? "" : html`<p class="bad-text" role="alert">${problem}</p>`}
<form method="post" action="login">
<input type="hidden" name="to" value="${to}">
<label>${hasPassword ? "Password" : "Token"}<input type="password" name="secret" required autofocus autocomplete="current-password"></label>
${hasPassword ? html`<label>Your name<input name="name" maxlength="60" autocomplete="username" placeholder="shown with your changes"></label>` : html`<p class="dim small">It is part of the URL that node laju dashboard printed, and stored in data/dashboard.token.</p>`}
<button class="primary">Sign in</button>
</form></div></main>
</body>
</html>
`;
}

/**
 * A page that redirects to its own URL. Browsers omit the session's cookie when the visitor has followed another site's
 * link. They send it with the request that comes from this page.
 */
export function bouncePage(): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>One moment</title></head><body></body></html>
`;
}
