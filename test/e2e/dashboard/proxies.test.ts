import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { formTokenIn, type Serving, serveApp } from "../../support/dashboard/serving";
import { needs } from "../../support/servers/requirement";
import { freePort, temporaryFolder, until } from "../../support/servers/server";

const guide = readFileSync(join(import.meta.dirname, "../../../docs/how-to/dashboard.md"), "utf8");
const nginx = needs("nginx");
const caddy = needs("caddy");

let app: TestApp;
beforeAll(async () => {
  app = makeApp({
    "commands/Good.ts":
      'import { command } from "../app/console/command";\nexport default command({ schedule: "0 8 * * *", async run() {} });\n',
  });
  await app.laju("build");
});
afterAll(() => app.remove());

describe.skipIf(nginx.skip)(`behind nginx, configured as in the guide${nginx.label}`, () => {
  const settings = { DASHBOARD_PASSWORD: "correct horse", DASHBOARD_PROXY_ADDRESSES: "127.0.0.1" };

  test.each([
    ["keeps", (target: string) => target],
    ["takes off", (target: string) => `${target}/`],
  ])("that %s the path: sign-in, links, files, changes and live updates work", async (_what, upstream) => {
    const own = await serve(settings);
    const proxy = await startNginx(upstream(`http://127.0.0.1:${own.port}`));
    try {
      const signIn = await fetch(`${proxy.url}/laju/login`, {
        ...{ method: "POST", redirect: "manual", headers: { origin: proxy.url } },
        body: new URLSearchParams({ secret: "correct horse", name: "Anna" }),
      });
      const cookie = signIn.headers.get("set-cookie") ?? "";
      expect([signIn.status, cookie]).toEqual([303, expect.stringContaining("Path=/laju/; ")]);
      await visit(proxy.url, { cookie: cookie.split(";", 1)[0] as string });
    } finally {
      await proxy.stop();
      await own.serving.stop();
    }
  });
});

describe.skipIf(caddy.skip)(`behind Caddy, configured as in the guide${caddy.label}`, () => {
  test("the user that Caddy authenticated is the visitor, whatever else a request claims", async () => {
    const own = await serve({
      DASHBOARD_PROXY_HEADER: "X-Forwarded-User",
      DASHBOARD_PROXY_ADDRESSES: "127.0.0.1",
    });
    const proxy = await startCaddy(own.port);
    try {
      expect((await fetch(`${proxy.url}/laju/`)).status).toBe(401);
      const headers = { authorization: `Basic ${btoa("anna:secret")}`, "x-forwarded-user": "root" };
      const page = await (await fetch(`${proxy.url}/laju`, { headers })).text();
      expect([page.includes("<span>anna</span>"), page.includes("root</span>")]).toEqual([true, false]);
      await visit(proxy.url, headers);
    } finally {
      await proxy.stop();
      await own.serving.stop();
    }
  });
});

/** Does what a visitor does: opens every link, pauses a command, and keeps a live page open. */
async function visit(url: string, headers: Record<string, string>): Promise<void> {
  for (const page of ["laju/", "laju/commands/Good"]) {
    const found = await fetch(`${url}/${page}`, { headers });
    const links = [...(await found.text()).matchAll(/(?:href|src)="([^"#]+)"/g)].map(
      ([, link]) => link as string,
    );
    expect(links.filter((link) => /^(\/|https?:)/.test(link))).toEqual([]);
    for (const link of new Set(links)) {
      const { status } = await fetch(new URL(link.replaceAll("&amp;", "&"), `${url}/${page}`), { headers });
      expect([link, status]).toEqual([link, 200]);
    }
  }
  const events = new AbortController();
  const live = await fetch(`${url}/laju/events?page=&version=x`, { headers, signal: events.signal });
  const reader = (live.body as ReadableStream<Uint8Array>).getReader();
  expect(await nextText(reader)).toContain("event: ready");
  for (const action of ["pause", "resume"]) {
    const place = `${url}/laju/do/${action}?command=Good`;
    const token = formTokenIn(await (await fetch(place, { headers })).text());
    const body = new URLSearchParams({ token });
    const done = await fetch(place, {
      ...{ method: "POST", redirect: "manual", body },
      headers: { ...headers, origin: url, "sec-fetch-site": "same-origin" },
    });
    expect([action, done.status]).toEqual([action, 303]);
    // Wait, because a pause that ends before the next check would go unnoticed.
    if (action === "pause") await untilSent(reader, "event: change");
  }
  events.abort();
}

async function untilSent(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string): Promise<void> {
  for (let text = ""; !text.includes(wanted); ) text += await nextText(reader);
}

async function nextText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return Buffer.from(value ?? []).toString();
}

async function serve(env: Record<string, string>): Promise<{ serving: Serving; port: string }> {
  const serving = await serveApp(app, {
    args: ["--base-path", "/laju"],
    env: { ...env, DASHBOARD_HOSTS: "localhost" },
  });
  return { serving, port: new URL(serving.base).port };
}

interface Proxy {
  url: string;
  stop(): Promise<void>;
}

async function startNginx(target: string): Promise<Proxy> {
  const folder = temporaryFolder("nginx");
  const port = await freePort();
  const location = blockAfter("## Behind nginx").replace("http://127.0.0.1:8787", target);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:${port}; ${location} } }
`,
  );
  return started(nginx.path as string, ["-p", folder, "-c", "nginx.conf"], port, folder);
}

async function startCaddy(target: string): Promise<Proxy> {
  const folder = temporaryFolder("caddy");
  const port = await freePort();
  const { stdout } = await app.run(["hash-password", "--plaintext", "secret"], {
    program: caddy.path as string,
  });
  const site = blockAfter("## Behind Caddy")
    .replace("ops.example.com", `http://localhost:${port}`)
    .replace(/\$2a\S+/, stdout.trim())
    .replace("127.0.0.1:8787", `127.0.0.1:${target}`)
    // Before version 2.8 (as in Debian 12), Caddy's directive has no underscore.
    .replace("basic_auth", "basicauth");
  writeFileSync(join(folder, "Caddyfile"), `{\n  admin off\n  auto_https off\n}\n${site}`);
  return started(
    caddy.path as string,
    ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"],
    port,
    folder,
  );
}

/** The configuration shown below a heading of the guide. */
function blockAfter(heading: string): string {
  return /```\w*\n([\s\S]*?)```/.exec(guide.slice(guide.indexOf(heading)))?.[1] as string;
}

async function started(program: string, args: string[], port: number, folder: string): Promise<Proxy> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, HOME: folder }, stdio: "ignore" });
  const url = `http://localhost:${port}`;
  await until(async () => (await fetch(url).catch(() => undefined)) !== undefined, { what: "the proxy" });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
