import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { type Authorize, dashboard } from "../../../framework/dashboard/dashboard";
import { makeApp } from "../../support/apps/app";
import { serveApp, signedIn } from "../../support/dashboard/serving";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("mounted in the app's own server", () => {
  test("denies access to everyone unless authorize allows it", async () => {
    const answer = await dashboard()(new Request("http://app.example.com/"));
    expect([answer.status, await answer.text()]).toEqual([
      403,
      "dashboard() has no authorize(request), so it denies everyone access.\n",
    ]);
  });

  test.each<[string, Authorize, number]>([
    ["false", () => false, 403],
    ["undefined", () => undefined, 403],
    ["an empty name", () => "", 403],
    ["true", () => true, 200],
    ["a name", async () => "anna", 200],
  ])("with %s from authorize", async (_what, authorize, status) => {
    const handler = dashboard({ basePath: "/laju", authorize });
    expect((await handler(new Request("http://app.example.com/laju/healthz"))).status).toBe(200);
    expect((await handler(new Request("http://app.example.com/laju/assets/icon.svg"))).status).toBe(status);
  });

  test("passes the original request, with its headers, to authorize", async () => {
    const handler = dashboard({ authorize: ({ headers }) => headers.get("x-key") === "secret" });
    const asked = (key: string) =>
      handler(new Request("http://a/assets/icon.svg", { headers: { "x-key": key } }));
    expect([(await asked("secret")).status, (await asked("other")).status]).toEqual([200, 403]);
  });

  test("works in Hono, and on node:http as in Express and Fastify", async () => {
    const handler = dashboard({ basePath: "/laju", authorize: () => "anna" });
    const hono = new Hono();
    hono.all("/laju/*", (context: Context) => handler(context.req.raw));
    hono.get("/laju", (context: Context) => handler(context.req.raw));
    const whole = await hono.request("http://localhost/laju/assets/icon.svg");
    expect([whole.status, whole.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    const bare = await hono.request("http://localhost/laju");
    expect([bare.status, bare.headers.get("location")]).toEqual([308, "laju/"]);

    const url = await listening(createServer(getRequestListener(handler)));
    expect((await fetch(`${url}/laju/assets/icon.svg`)).status).toBe(200);
  });
});

test("programs with the token can read metrics and rows, and nothing else", async () => {
  const app = makeApp({
    "commands/Good.ts":
      'import { command } from "../app/console/command";\nexport default command({ schedule: "0 8 * * *", ping: "https://hc.example.com/secret-path", async run() {} });\n',
  });
  await app.laju("build");
  await app.laju("run", "Good");
  // In a Kubernetes pod, the cluster starts the commands, so a command has a next start without a crontab.
  const env = { DASHBOARD_METRICS_TOKEN: "0123456789abcdef", KUBERNETES_SERVICE_HOST: "10.0.0.1" };
  const serving = await serveApp(app, { env });
  try {
    const as = (token: string, path: string) =>
      fetch(new URL(path, serving.base), {
        redirect: "manual",
        headers: { authorization: `Bearer ${token}` },
      });
    const metrics = await (await as("0123456789abcdef", "metrics")).text();
    expect(metrics).toContain('laju_runs_total{command="Good",state="succeeded"} 1\n');
    expect(await (await as("0123456789abcdef", "metrics")).text()).toContain('state="succeeded"} 1\n');
    expect(metrics).toMatch(/laju_next_due_timestamp_seconds\{command="Good"\} \d+/);
    for (const line of metrics.trimEnd().split("\n")) {
      expect(line).toMatch(/^(# (HELP|TYPE) laju_\w+ .+|laju_\w+(\{(\w+="[^"]*",?)+\})? -?[\d.]+)$/);
    }
    const rows = await (await as("0123456789abcdef", "api/commands")).json();
    expect(rows).toMatchObject([{ name: "Good", ping: expect.not.stringContaining("secret-path") }]);
    expect(await (await as("0123456789abcdef", "api/runs?name=Good")).json()).toMatchObject([
      { state: "succeeded" },
    ]);
    for (const filter of ["limit=abc", "limit=0", "since=yesterday", "failed=yes"]) {
      expect([filter, (await as("0123456789abcdef", `api/runs?${filter}`)).status]).toEqual([filter, 400]);
    }
    for (const path of ["", "runs", "do/run?command=Good", "events?page="]) {
      expect([path, (await as("0123456789abcdef", path)).status]).toEqual([path, 401]);
    }
    expect((await as("wrong", "metrics")).status).toBe(401);
    const get = await signedIn(serving);
    expect((await get("metrics")).status).toBe(200);
  } finally {
    await serving.stop();
    app.remove();
  }
});
