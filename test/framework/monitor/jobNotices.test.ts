import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { fixture } from "../../support/apps/fixture";
import { type HttpServer, startHttp } from "../../support/servers/http";
import { until } from "../../support/servers/server";
import { type SmtpServer, startSmtp } from "../../support/servers/smtp";

describe("notifications of failed jobs", () => {
  let app: TestApp;
  let http: HttpServer;
  let smtp: SmtpServer;

  beforeAll(async () => {
    [http, smtp] = await Promise.all([startHttp(), startSmtp()]);
    app = makeApp({
      "commands/Worker.ts": fixture("commands/Worker.ts"),
      "app/jobs/SendInvoice.ts": `import { job, type JobContext } from "../queue/job";
        export default job("SendInvoice", { attempts: 2, backoff: "1ms",
          async run({ data }: JobContext<{ bad: boolean }>) { if (data.bad) throw new Error("card declined"); } });`,
      "commands/Push.ts": `import SendInvoice from "../app/jobs/SendInvoice";
        (async () => {
          await SendInvoice.pushMany(process.argv.slice(2).map((word) => ({ bad: word === "bad" })));
          process.exit(0);
        })();`,
      ".env": `MAIL_URL=${smtp.url}\nNOTIFY_MAIL_TO=ops@example.com\nNOTIFY_WEBHOOK_URL=${http.url}/hook\n`,
    });
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    expect(await app.laju("migrate")).toMatchObject({ status: 0 });
  });
  afterAll(async () => {
    app?.remove();
    await Promise.all([http?.stop(), smtp?.stop()]);
  });

  const push = async (...words: string[]) =>
    expect(await app.run(["build/commands/Push.js", ...words])).toMatchObject({ status: 0 });
  /** Runs workers until no job is left, not even a retry. Returns the last lines that they printed. */
  const work = async (quietMinutes = "10") => {
    const summaries: string[] = [];
    const env = { QUEUE_QUIET_MINUTES: quietMinutes };
    const waiting = async () => {
      const { total } = JSON.parse((await app.laju("queue:status", "--json")).stdout);
      return total.pending + total.scheduled;
    };
    do {
      const { stdout, status } = await app.run(["build/commands/Worker.js", "--once"], { env });
      expect(status).toBe(0);
      summaries.push(/Jobs: [\w, ]+/.exec(stdout)?.[0] ?? "");
    } while ((await waiting()) > 0);
    return summaries;
  };
  const hooks = () => http.requests.map(({ body }) => JSON.parse(body));

  test("are sent once per job type, and once more when it has recovered", async () => {
    await push("bad", "good", "bad", "good", "bad");
    const summaries = await work();
    // Each failed job had two attempts, so there was one retry.
    const countOf = (word: RegExp) =>
      summaries.reduce(
        (sum, text) => sum + Number(new RegExp(`(\\d+) ${word.source}\\b`).exec(text)?.[1] ?? 0),
        0,
      );
    expect([countOf(/completed/), countOf(/failed/), countOf(/retr(?:y|ies)/)]).toEqual([2, 3, 3]);
    await until(() => smtp.mails.length === 1 && hooks().length === 1);
    expect(hooks()[0]).toMatchObject({
      ...{ event: "failure", command: "job SendInvoice" },
      // Failed jobs are not counted as failed runs, because they are in the queue and not in the ledger.
      ...{ failures: null, attempts: null },
    });
    expect(hooks()[0].title).toMatch(
      /^job SendInvoice failed: Error: card declined \(node laju queue:show \d\)$/,
    );
    expect(smtp.mails[0]?.subject).toBe(hooks()[0].title);

    // Other jobs have completed, but the last failure is too recent.
    await push("good");
    await work();
    await push("good", "good");
    await work("0");
    await until(() => smtp.mails.length === 2 && hooks().length === 2);
    expect(smtp.mails[1]?.subject).toMatch(/^job SendInvoice works again after \d/);
    await push("good");
    await work("0");
    expect(await app.laju("notices:send")).toMatchObject({ status: 0 });
    expect([smtp.mails.length, hooks().length]).toEqual([2, 2]);
  });

  test("are followed by a recovery although no other job completes after the quiet time", async () => {
    await push("bad");
    await work();
    await until(() => hooks().length === 3);
    const monitor = (QUEUE_QUIET_MINUTES: string) =>
      app.run(["laju.js", "monitor"], { env: { QUEUE_QUIET_MINUTES } });
    // No job has completed yet.
    await monitor("0");
    await push("good");
    await work();
    await monitor("10");
    expect(hooks()).toHaveLength(3);
    expect((await monitor("0")).stdout).toContain("job SendInvoice works again");
    await until(() => hooks().length === 4);
    expect(hooks()[3]).toMatchObject({ event: "recovery", command: "job SendInvoice" });
  });

  test("are not sent by a worker run from its source", async () => {
    http.requests.length = 0;
    await push("bad");
    const tsx = join("node_modules", "tsx", "dist", "cli.mjs");
    for (let time = 0; time < 2; time++) {
      expect(await app.run([tsx, "commands/Worker.ts", "--once"])).toMatchObject({ status: 0 });
    }
    await app.laju("notices:send");
    expect(hooks()).toEqual([]);
  });
});
