import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fresh } from "../../support/apps/fresh";
import { foreign } from "../../support/foreign";
import { temporaryFolder } from "../../support/servers/server";
import { type SmtpServer, startSmtp } from "../../support/servers/smtp";

/** Characters that would end a header, and encoded ones that mail programs decode to such characters. */
const pieces = [
  "\r\nBcc: evil@x.org",
  "\nX-Evil: 1",
  "=?utf-8?Q?a=0D=0ABcc:_evil@x.org?=",
  "<evil@x.org>",
  ", ",
];
const header = fc.oneof(
  foreign,
  fc.tuple(foreign, fc.constantFrom(...pieces), foreign).map((parts) => parts.join("")),
);

let data: string;
let server: SmtpServer;
beforeAll(async () => {
  data = temporaryFolder("foreign-mail");
  server = await startSmtp();
});
afterAll(async () => {
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const load = (name: string) =>
  fresh(
    { LAJU_DATA: data, MAIL_URL: server.url, MAIL_FROM_NAME: name, MAIL_FROM_ADDRESS: "app@x.org" },
    () => import("../../../framework/services/Mailer"),
  );
const namesIn = (headers: string) =>
  headers.split("\n").flatMap((line) => /^([\w-]+):/.exec(line)?.[1]?.toLowerCase() ?? []);

describe("a mail whose subject and names are untrusted", () => {
  test("has the same headers and recipients as any other", async () => {
    const { default: Mailer } = await load("App");
    await Mailer.send({ to: { name: "Ann", address: "a@x.org" }, subject: "S", text: "T" });
    const expected = namesIn(server.mails[0]?.headers ?? "");
    expect(expected).toContain("subject");
    await fc.assert(
      fc.asyncProperty(header, header, foreign, async (subject, name, text) => {
        server.mails.length = 0;
        await Mailer.send({ to: { name, address: "a@x.org" }, subject: `S${subject}`, text });
        const [mail] = server.mails;
        expect(mail?.recipients).toEqual(["a@x.org"]);
        const found = namesIn(mail?.headers ?? "");
        // Leave out the encoding, which depends on the body's text.
        expect(found.filter((one) => !expected.includes(one))).toEqual([]);
        expect(found.filter((one) => one === "subject")).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });

  test("and its sender's name stays a name", async () => {
    const names = fc.sample(
      header.filter((text) => text.trim() !== "" && !text.includes("\0")),
      { seed: 3, numRuns: 4 },
    );
    for (const name of names) {
      server.mails.length = 0;
      const { default: Mailer } = await load(name);
      await Mailer.send({ to: "a@x.org", subject: "S", text: "T" });
      const [mail] = server.mails;
      expect(mail?.from).toContain("<app@x.org>");
      expect(mail?.recipients).toEqual(["a@x.org"]);
      expect(namesIn(mail?.headers ?? "")).not.toContain("x-evil");
      expect(namesIn(mail?.headers ?? "")).not.toContain("bcc");
    }
  });
});
