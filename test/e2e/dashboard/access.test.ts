import { once } from "node:events";
import { statSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestApp } from "../../support/apps/app";
import { makeDashboardApp } from "../../support/dashboard/dashboardApp";
import { formTokenIn, type Serving, serveApp, signedIn } from "../../support/dashboard/serving";

let app: TestApp;
let serving: Serving;
beforeAll(async () => {
  app = await makeDashboardApp();
  serving = await serveApp(app);
});
afterAll(async () => {
  await serving.stop();
  app.remove();
});

const html = { accept: "text/html" };

describe("without a password", () => {
  test("serves no page without the token", async () => {
    for (const path of [
      "",
      "runs",
      "runs/1",
      "runs/1/log.txt",
      "commands/Good",
      "events?page=",
      "assets/icon.svg",
      "nothing",
    ]) {
      const answer = await fetch(new URL(path, serving.base), { redirect: "manual" });
      expect([path, answer.status, await answer.text()]).toEqual([path, 401, "Not signed in.\n"]);
    }
    const asBrowser = await fetch(new URL("runs/1", serving.base), { redirect: "manual", headers: html });
    expect([asBrowser.status, asBrowser.headers.get("location")]).toEqual([303, "../login?to=runs%2F1"]);
  });

  test("healthz only says that it is up", async () => {
    const answer = await fetch(new URL("healthz", serving.base));
    expect([answer.status, await answer.text()]).toEqual([200, "up\n"]);
  });

  test("the printed URL signs in, and redirects to one without the token", async () => {
    const answer = await fetch(serving.url, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "./"]);
    expect(answer.headers.get("set-cookie")).toMatch(
      /^laju_[\w-]+=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const get = await signedIn(serving);
    expect((await get("")).status).toBe(200);
  });

  test("only this user can read the token", () => {
    expect(statSync(join(app.root, "data", "dashboard.token")).mode & 0o777).toBe(0o600);
  });

  test("a cookie set behind TLS is sent only over TLS", async () => {
    const answer = await fetch(serving.url, {
      redirect: "manual",
      headers: { "x-forwarded-proto": "https" },
    });
    expect(answer.headers.get("set-cookie")).toContain("; Secure");
  });

  test.each(["laju_x=1", "laju_x=1.aaaaaaaaaaaaaaaa.cm9vdA.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])(
    "rejects a forged cookie (%s)",
    async (made) => {
      const name = (await fetch(serving.url, { redirect: "manual" })).headers
        .get("set-cookie")
        ?.split("=")[0];
      const cookie = made.replace("laju_x", name as string);
      expect((await fetch(serving.base, { headers: { cookie } })).status).toBe(401);
    },
  );

  test("an unknown host name is rejected, even with the token", async () => {
    expect(await statusFor(serving.url, "evil.example.com")).toBe(421);
    expect(await statusFor(serving.url, `localhost:${new URL(serving.base).port}`)).toBe(303);
  });

  test("every response has a strict security policy", async () => {
    const get = await signedIn(serving);
    for (const path of ["", "login", "assets/icon.svg", "nothing", "healthz"]) {
      const { headers } = await get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("signing out ends the session, even for someone who copied its cookie", async () => {
    const get = await signedIn(serving);
    expect((await get("logout", { method: "POST" })).status).toBe(303);
    expect((await get("")).status).toBe(401);
  });
});

test("an open page receives no more updates after sign-out", async () => {
  const get = await signedIn(serving);
  const live = await get("events?page=&version=x");
  expect(live.status).toBe(200);
  await get("logout", { method: "POST" });
  const reader = (live.body as ReadableStream<Uint8Array>).getReader();
  while (!(await reader.read()).done);
});

test("HEAD requests for live pages and logs open no streams, which nothing would end", async () => {
  const get = await signedIn(serving);
  for (let page = 0; page < 120; page++) {
    expect((await get(`events?page=runs%3Fpage=${page}`, { method: "HEAD" })).status).toBe(200);
  }
  const live = await get("events?page=runs");
  expect(live.status).toBe(200);
  await live.body?.cancel();
});

test("one visitor can't take the live pages of all others", async () => {
  const get = await signedIn(serving);
  const open: Response[] = [];
  for (let page = 0; page < 51; page++) open.push(await get(`events?page=runs%3Fpage=${page}`));
  expect(open.map(({ status }) => status)).toEqual([...Array(50).fill(200), 503]);
  const other = await (await signedIn(serving))("events?page=runs");
  expect(other.status).toBe(200);
  for (const { body } of [...open, other]) await body?.cancel();
});

test.each([
  ["is too large", "application/x-www-form-urlencoded", "x".repeat(100_001), 413],
  ["is malformed", "multipart/form-data; boundary=x", "garbage", 400],
])("a stranger's form that %s is refused, and fills no log", async (_what, type, body, status) => {
  let errors = "";
  const take = (text: string) => {
    errors += text;
  };
  serving.process.stderr?.on("data", take);
  const answer = await fetch(new URL("login", serving.base), {
    method: "POST",
    body,
    headers: { "content-type": type },
  });
  expect(answer.status).toBe(status);
  await fetch(new URL("healthz", serving.base));
  serving.process.stderr?.off("data", take);
  expect(errors).toBe("");
});

test("wrong tokens lock nobody out, because nobody can guess the right one", async () => {
  for (let tried = 0; tried < 12; tried++) {
    expect((await fetch(`${serving.base}?token=wrong`)).status).toBe(403);
  }
  expect((await fetch(serving.url, { redirect: "manual" })).status).toBe(303);
});

test("disconnects clients that send their requests slowly", async () => {
  const { port } = new URL(serving.base);
  const slow = connect(Number(port), "127.0.0.1");
  slow.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  slow.resume();
  await once(slow, "close");
});

describe("changes", () => {
  const change = (body: Record<string, string>, headers: Record<string, string> = {}) => ({
    method: "POST",
    body: new URLSearchParams(body),
    headers,
  });

  test("require a token from the dashboard's own forms, and are rejected from other sites", async () => {
    const get = await signedIn(serving);
    const page = await (await get("do/pause?command=Good")).text();
    const token = formTokenIn(page);
    const other = formTokenIn(await (await (await signedIn(serving))("do/pause?command=Good")).text());
    expect((await get("do/pause?command=Good", change({}))).status).toBe(403);
    expect((await get("do/pause?command=Good", change({ token: other }))).status).toBe(403);
    const foreign = change({ token }, { origin: "https://evil.example.com" });
    expect((await get("do/pause?command=Good", foreign)).status).toBe(403);
    const crossSite = change({ token }, { "sec-fetch-site": "cross-site" });
    expect((await get("do/pause?command=Good", crossSite)).status).toBe(403);
    expect((await app.laju("pause", "--list")).stdout).toBe("Nothing is paused.\n");
  });

  test("are made once if a form is submitted twice, as with a double click", async () => {
    const get = await signedIn(serving);
    const token = formTokenIn(await (await get("do/run?command=Options")).text());
    const answers = await Promise.all([1, 2].map(() => get("do/run?command=Options", change({ token }))));
    expect(answers[0]?.status).toBe(303);
    expect(answers[1]?.headers.get("location")).toBe(answers[0]?.headers.get("location"));
    const { stdout } = await app.laju("runs", "Options", "--json");
    expect(JSON.parse(stdout)).toHaveLength(1);
  });

  test.each([
    "stop?run=99",
    "stop?run=1",
    "again?run=1e0",
    "retry?job=1",
    "cancel?job=x",
    "pause-type?type=No",
  ])("are not offered for what doesn't exist or is over (%s)", async (action) => {
    const get = await signedIn(serving);
    const page = await (await get(`do/${action}`)).text();
    expect(page).toContain("This cannot be done");
  });

  test("are rejected by a read-only server, whose pages have no forms", async () => {
    const own = await serveApp(app, { args: ["--read-only"] });
    try {
      const get = await signedIn(own);
      expect(await (await get("")).text()).not.toContain("do/");
      expect((await get("do/pause?command=Good")).status).toBe(403);
      expect((await get("do/pause?command=Good", change({ token: "x" }))).status).toBe(403);
    } finally {
      await own.stop();
    }
  });
});

describe("with a password", () => {
  const env = { DASHBOARD_PASSWORD: "correct horse", DASHBOARD_METRICS_TOKEN: "0123456789abcdef" };
  const signIn = (
    own: Serving,
    secret: string,
    more: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) =>
    fetch(new URL("login", own.base), {
      method: "POST",
      redirect: "manual",
      headers,
      body: new URLSearchParams({ secret, ...more }),
    });

  test("only the password gives access, and wrong attempts are limited", async () => {
    const own = await serveApp(app, { env });
    try {
      expect(own.url).not.toContain("token");
      const token = app.read("data/dashboard.token").trim();
      expect((await fetch(`${own.base}?token=${token}`)).status).toBe(401);
      const right = await signIn(own, "correct horse", { name: "Anna", to: "runs?result=failed" });
      expect([right.status, right.headers.get("location")]).toEqual([303, "./runs?result=failed"]);
      for (const to of [
        "//evil.example.com",
        "https://evil.example.com",
        "javascript:alert(1)",
        "\\\\evil",
        "../x",
      ]) {
        expect((await signIn(own, "correct horse", { to })).headers.get("location")).toBe("./");
      }
      for (let tried = 0; tried < 10; tried++) {
        const wrong = await signIn(own, `wrong ${tried}`);
        expect([wrong.status, (await wrong.text()).includes("Wrong password.")]).toEqual([403, true]);
      }
      const late = await signIn(own, "correct horse");
      expect([late.status, await late.text()]).toEqual([429, expect.stringContaining("Try again in 15m")]);
      const known = right.headers
        .getSetCookie()
        .find((one) => one.includes("_browser="))
        ?.split(";", 1)[0];
      const again = await signIn(own, "correct horse", {}, { cookie: known as string });
      expect(again.status).toBe(303);
      const forged = await signIn(own, "correct horse", {}, { cookie: `${known?.slice(0, -4)}AAAA` });
      expect(forged.status).toBe(429);
      const program = await fetch(new URL("metrics", own.base), {
        headers: { authorization: "Bearer 0123456789abcdef" },
      });
      expect(program.status).toBe(200);
    } finally {
      await own.stop();
    }
  });

  test("refuses to start on an address reachable by others without one", async () => {
    const open = await app.laju("dashboard", "--host", "0.0.0.0", "--port", "0");
    expect(open.status).toBe(2);
    expect(open.stderr).toContain("Set DASHBOARD_PASSWORD");
    const own = await serveApp(app, { env, args: ["--host", "0.0.0.0"] });
    expect(
      (await fetch(own.base.replace("localhost", "127.0.0.1"), { headers: html, redirect: "manual" })).status,
    ).toBe(303);
    await own.stop();
  });

  test("a proxy's header names the visitor, but only from listed addresses", async () => {
    const proxied = { DASHBOARD_PROXY_HEADER: "X-User", DASHBOARD_PROXY_ADDRESSES: "127.0.0.0/8" };
    const own = await serveApp(app, { env: proxied });
    const other = await serveApp(app, { env: { ...proxied, DASHBOARD_PROXY_ADDRESSES: "10.0.0.1" } });
    const headers = { "x-user": "Bea <b>" };
    try {
      const page = await fetch(own.base, { headers });
      expect([page.status, (await page.text()).includes("Bea &lt;b&gt;")]).toEqual([200, true]);
      expect((await fetch(own.base)).status).toBe(401);
      expect((await fetch(other.base, { headers })).status).toBe(401);
    } finally {
      await own.stop();
      await other.stop();
    }
  });
});

/** Uses node:http, because fetch doesn't allow setting the Host header. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
