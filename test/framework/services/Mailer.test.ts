import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeApp } from "../../support/apps/app";
import { fresh } from "../../support/apps/fresh";
import { freePort, temporaryFolder } from "../../support/servers/server";
import { type SmtpServer, startSmtp } from "../../support/servers/smtp";

let data: string;
let server: SmtpServer | undefined;
beforeEach(() => {
  data = temporaryFolder("mail");
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(data, { recursive: true, force: true });
});

const load = (variables: Record<string, string> = {}) =>
  fresh({ LAJU_DATA: data, ...variables }, () => import("../../../framework/services/Mailer"));

describe("by SMTP", () => {
  test("a mail arrives complete: parts, copies, attachments and sender", async () => {
    server = await startSmtp({ login: { user: "me@x.org", pass: "p@ss/word" } });
    const { default: Mailer } = await load({
      MAIL_URL: server.url,
      MAIL_FROM_NAME: "The App",
      MAIL_FROM_ADDRESS: "app@x.org",
    });
    const sent = await Mailer.send({
      to: "a@x.org",
      cc: ["c@x.org"],
      bcc: "blind@x.org",
      subject: "Grüße",
      html: '<h1>Hello</h1><p>See <a href="https://x.org/y">this</a> &amp; that</p>',
      attachments: [{ filename: "a.txt", content: "abc" }],
    });
    expect(sent.accepted).toEqual(["a@x.org", "c@x.org", "blind@x.org"]);
    const [mail] = server.mails;
    expect(mail).toMatchObject({ subject: "Grüße", from: '"The App" <app@x.org>', user: "me@x.org" });
    expect(mail?.recipients).toEqual(["a@x.org", "c@x.org", "blind@x.org"]);
    expect(mail?.headers).not.toContain("blind@x.org");
    expect(mail?.html).toContain("<h1>Hello</h1>");
    expect(mail?.text).toBe("HELLO\n\nSee this [https://x.org/y] & that");
    expect(mail?.attachments).toEqual([{ filename: "a.txt", content: Buffer.from("abc") }]);
  });

  test("SMTP_HOST and SMTP_PORT work too, and MailTo sends plain text", async () => {
    server = await startSmtp();
    const { hostname, port } = new URL(server.url);
    const { MailTo } = await load({ SMTP_HOST: hostname, SMTP_PORT: port });
    await MailTo({ to: "a@x.org", subject: "S", text: "T" });
    expect(server.mails).toMatchObject([{ subject: "S", text: "T\n", html: false, from: "laju@localhost" }]);
  });

  test("consecutive mails share a connection, and a finished script exits soon", async () => {
    server = await startSmtp();
    const app = makeApp({
      "app/views/digest.ejs": "<p>Hello <%= name %></p>",
      "commands/Send.ts": `import Mailer from "../app/services/Mailer";
        (async () => {
          for (const name of ["<Ann>", "Bo", "Cy"]) await Mailer.send({ to: "a@x.org", subject: name, view: "digest", data: { name } });
          const end = Date.now();
          process.on("exit", () => console.log(Date.now() - end < 1000 ? "prompt" : "late"));
        })();`,
    });
    const { stdout, stderr, status } = await app.run(["--import", "tsx", "commands/Send.ts"], {
      env: { MAIL_URL: server.url },
    });
    app.remove();
    expect([stdout, stderr, status]).toEqual(["prompt\n", "", 0]);
    expect(server.mails.map(({ html, text }) => [html, text])).toEqual([
      ["<p>Hello &lt;Ann&gt;</p>", "Hello <Ann>"],
      ["<p>Hello Bo</p>", "Hello Bo"],
      ["<p>Hello Cy</p>", "Hello Cy"],
    ]);
    expect(server.connections()).toBe(1);
  });

  test("a rejected login, a dead server and a silent one are reported by name, without the password", async () => {
    server = await startSmtp({ login: { user: "me", pass: "right" } });
    const mail = { to: "a@x.org", subject: "S", text: "T" };
    const wrong = await load({ MAIL_URL: server.url.replace("right", "hunter2") });
    const login = await wrong.default.send(mail).catch((error) => error);
    expect(login).toMatchObject({
      name: "LajuError",
      code: "E_MAIL_LOGIN",
      message: expect.stringContaining("rejected the login of me"),
    });

    const dead = await load({ MAIL_URL: `smtp://me:hunter2@127.0.0.1:${await freePort()}` });
    const refused = await dead.default.send(mail).catch((error) => error);
    expect(refused).toMatchObject({
      code: "E_MAIL_CONNECT",
      message: expect.stringMatching(/\(MAIL_URL\).*ECONNREFUSED/),
    });

    const silent = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    const mute = await load({ MAIL_URL: `smtp://me:hunter2@127.0.0.1:${port}?greetingTimeout=300` });
    const unanswered = await mute.default.send(mail).catch((error) => error);
    silent.close();
    expect(unanswered).toMatchObject({ code: "E_MAIL_CONNECT" });
    expect(
      JSON.stringify([login, refused, unanswered].map(({ message, hint }) => message + hint)),
    ).not.toContain("hunter2");
  });
});

describe("a login on another machine", () => {
  const mail = { to: "a@x.org", subject: "S", text: "T" };
  const login = { user: "me", pass: "hunter2" };
  /** The server's URL with a name of this machine that is not a loopback name. */
  const far = ({ url }: SmtpServer, query = "") => `${url.replace("127.0.0.1", "0.0.0.0")}${query}`;

  test.each(["", "?ignoreTLS=true", "?opportunisticTLS=true&requireTLS=false"])(
    "is not sent if the server offers no TLS, no matter what the URL says: %j",
    async (query) => {
      server = await startSmtp({ login });
      const { default: Mailer } = await load({ MAIL_URL: far(server, query) });
      const error = await Mailer.send(mail).catch((thrown) => thrown);
      expect(error).toMatchObject({
        code: "E_MAIL_TLS",
        hint: expect.stringContaining("MAIL_INSECURE_LOGIN"),
      });
      expect(error.message).toMatch(/^the mail server 0\.0\.0\.0:\d+ \(MAIL_URL\) cannot be used over TLS/);
      expect([server.logins, server.mails]).toEqual([[], []]);
    },
  );

  test("is sent over STARTTLS to a server with a valid certificate", async () => {
    server = await startSmtp({ login, hasTls: true });
    const strict = await load({ MAIL_URL: far(server) });
    await expect(strict.default.send(mail)).rejects.toMatchObject({
      message: expect.stringContaining("certificate"),
    });
    const trusting = await load({ MAIL_URL: far(server, "?tls.rejectUnauthorized=false&ignoreTLS=true") });
    await trusting.default.send(mail);
    expect([server.logins, server.mails.length]).toEqual([[{ isSecure: true }], 1]);
  });

  test("is sent without TLS with MAIL_INSECURE_LOGIN, and over loopback", async () => {
    server = await startSmtp({ login });
    for (const [url, allowed] of [
      [far(server), "true"],
      [server.url, "false"],
      [server.url.replace("127.0.0.1", "localhost"), "false"],
    ] as const) {
      const { default: Mailer } = await load({ MAIL_URL: url, MAIL_INSECURE_LOGIN: allowed });
      await Mailer.send(mail);
    }
    expect(server.logins).toEqual(Array(3).fill({ isSecure: false }));
  });

  test("is checked by doctor", async () => {
    server = await startSmtp({ login });
    const look = (variables: Record<string, string>) =>
      fresh(variables, async () => (await import("../../../framework/doctor/app/services")).mail.look());
    expect(await look({ MAIL_URL: far(server) })).toMatchObject({
      state: "bad",
      message: expect.stringContaining("so the login was not sent"),
      cure: expect.stringContaining("smtps://"),
    });
    expect(await look({ MAIL_URL: far(server), MAIL_INSECURE_LOGIN: "true" })).toMatchObject({
      state: "warning",
      message: expect.stringContaining("may be sent unencrypted"),
    });
    expect(await look({ MAIL_URL: server.url })).toMatchObject({ state: "fine" });
  });
});

describe("recipients", () => {
  test.each([
    [["a@x.org", "b@x.org"], ["a@x.org"], ["b@x.org"], "it was sent to a@x.org"],
    [["b@x.org", "c@x.org"], [], ["b@x.org", "c@x.org"], "nobody received it"],
  ])(
    "are reported with who received the mail if the server refuses some of them",
    async (to, accepted, rejected, said) => {
      server = await startSmtp({ refuses: ["b@x.org", "c@x.org"] });
      const { default: Mailer } = await load({ MAIL_URL: server.url });
      const error = await Mailer.send({ to, subject: "S", text: "T" }).catch((thrown) => thrown);
      const reasons = rejected.map((address) => `550 no ${address} here`).join("; ");
      expect(error).toMatchObject({
        name: "LajuError",
        code: "E_MAIL_REFUSED",
        message: `the mail "S" was refused for ${rejected.join(", ")} (${reasons}); ${said}`,
        accepted,
        rejected,
      });
      expect(server.mails.map(({ recipients }) => recipients)).toEqual(accepted.length > 0 ? [accepted] : []);
    },
  );

  test.each([
    ["ops, a@x.org", '"ops"'],
    [["a@x.org", "b@x.org c@x.org"], '"b@x.org c@x.org"'],
    ["Ops <a@x.org", '"Ops <a@x.org"'],
    ["Ops <a@x.org> b@x.org", '"Ops <a@x.org> b@x.org"'],
    ["a@x.org, <b@>, c@-x", '"<b@>", "c@-x"'],
    [
      [
        { name: "A", address: "a@x.org" },
        { name: "B", address: "b at x.org" },
      ],
      '"b at x.org"',
    ],
    [["a@x.org", { name: "B", address: "" }], '""'],
    [["a@x.org", ""], '""'],
    [["a@x.org", undefined as never], "undefined"],
    [{ name: "B" } as never, '{"name":"B"}'],
    [" ", '" "'],
    [42 as never, "42"],
  ])("that are not mail addresses, %j, are an error before anything is sent", async (to, wrong) => {
    server = await startSmtp();
    const { default: Mailer } = await load({ MAIL_URL: server.url });
    await expect(Mailer.send({ to, subject: "S", text: "T" })).rejects.toMatchObject({
      code: "E_MAIL_RECIPIENT",
      message: `the mail "S" was not sent: ${wrong} ${wrong.includes(", ") ? "are not mail addresses" : "is not a mail address"}`,
    });
    expect(server.connections()).toBe(0);
  });

  test.each([[[]], ["undisclosed-recipients:;"], [", "]])("%j is not a recipient", async (to) => {
    const { default: Mailer } = await load({ MAIL_URL: "smtp://127.0.0.1:1" });
    await expect(Mailer.send({ to, subject: "S", text: "T" })).rejects.toMatchObject({
      code: "E_MAIL_RECIPIENT",
      message: 'the mail "S" has no recipients in to, cc or bcc',
    });
    await expect(Mailer.send({ to, bcc: "a@x.org", subject: "S", text: "T" })).rejects.toMatchObject({
      code: "E_MAIL_CONNECT",
    });
  });

  test("may have names, be in groups and use other scripts", async () => {
    server = await startSmtp();
    const { default: Mailer } = await load({ MAIL_URL: server.url });
    const to = '"Doe, Jo" <jo@x.org>, Team: a@x.org, Bo <bo@x.org>;';
    await Mailer.send({ to, cc: "root@localhost (Root)", subject: "S", text: "T" });
    const [mail] = server.mails;
    expect(mail?.recipients).toEqual(["jo@x.org", "a@x.org", "bo@x.org", "root@localhost"]);
  });
});

describe("addresses in settings", () => {
  const read = (variables: Record<string, string>) =>
    fresh(variables, async () => (await import("../../../framework/config/config")).settings());

  test.each([
    ["ops@example.com", ["ops@example.com"]],
    ["a@x.org,b@x.org; c@x.org  d@x.org", ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]],
    ["Ops Team <ops@example.com>", ["ops@example.com"]],
    ['"Ops, Berlin" <b@x.org>, Ops: c@x.org, d@x.org;', ["b@x.org", "c@x.org", "d@x.org"]],
  ])("%s are %j", async (text, addresses) => {
    expect((await read({ NOTIFY_MAIL_TO: text })).notices.mailTo).toEqual(addresses);
  });

  test.each([
    ["ops", '"ops"'],
    ["ops@exa mple.com", '"ops@exa mple.com"'],
    ["a@x.org, Ops Team", '"Ops Team"'],
    ["a@x.org b@", '"a@x.org b@"'],
  ])("%s is an invalid setting", async (text, wrong) => {
    await expect(read({ NOTIFY_MAIL_TO: text })).rejects.toThrow(
      `NOTIFY_MAIL_TO has ${wrong}, which is not a mail address`,
    );
  });

  test("a sender may include a name, and must be a single address", async () => {
    const { mail } = await read({ MAIL_FROM_ADDRESS: "The App <app@x.org>" });
    expect(mail).toMatchObject({ fromName: "The App", fromAddress: "app@x.org" });
    await expect(read({ MAIL_FROM_ADDRESS: "a@x.org, b@x.org" })).rejects.toThrow(
      "MAIL_FROM_ADDRESS has 2 mail addresses, expected one",
    );
  });
});

describe("if no mail server is configured", () => {
  test("a mail becomes a file in data/outbox", async () => {
    const { default: Mailer } = await load({ MAIL_FROM_ADDRESS: "app@x.org" });
    const mail = { to: "a@x.org", bcc: "b@x.org", subject: "Your digest: 5/6", text: "Hello" };
    const sent = await Promise.all([Mailer.send(mail), Mailer.send(mail)]);
    const files = readdirSync(join(data, "outbox"));
    expect(files).toHaveLength(2);
    for (const file of files) expect(file).toMatch(/^\d{4}-\d\d-\d\dT[\d-]+Z-Your-digest-5-6(-2)?\.eml$/);
    const text = readFileSync(sent[0].file, "utf8");
    for (const line of ["From: app@x.org", "To: a@x.org", "Bcc: b@x.org", "Hello"])
      expect(text).toContain(line);
    expect(sent[0]).toMatchObject({ accepted: ["a@x.org", "b@x.org"], rejected: [] });
  });

  test("production refuses to send", async () => {
    const { MailTo } = await load({ NODE_ENV: "production" });
    await expect(MailTo({ to: "a@x.org", subject: "S", text: "T" })).rejects.toMatchObject({
      name: "LajuError",
      message: "no mail server is configured, so mail cannot be sent",
      hint: expect.stringContaining("MAIL_URL"),
    });
  });

  test("a mail without recipients is an error", async () => {
    const { default: Mailer } = await load();
    await expect(Mailer.send({ subject: "S", text: "T" })).rejects.toThrow(
      'the mail "S" has no recipients in to, cc or bcc',
    );
  });
});
