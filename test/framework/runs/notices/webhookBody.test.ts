import { describe, expect, test } from "vitest";
import type { Run } from "../../../../framework/runs/ledger/run";
import { channelsOf } from "../../../../framework/runs/notices/deliver";
import { type NoticeContent, noticeFacts } from "../../../../framework/runs/notices/noticeText";
import { webhookBody, webhookFormatOf } from "../../../../framework/runs/notices/webhookBody";
import { errorText } from "../../../../framework/text/errorText";

const content: NoticeContent = {
  event: "failure",
  name: "Digest",
  description: "Mails <everyone>",
  host: "web1",
  app: "/srv/app",
  incident: {
    id: 1,
    name: "Digest",
    kind: "failing",
    reason: "failed with exit status 1",
    runId: 7,
    openedAt: 0,
    closedAt: null,
    closedRunId: null,
    closedBecause: null,
    acknowledgedAt: null,
    acknowledgeReason: null,
  },
  run: undefined,
  failures: { starts: 1, attempts: 1 },
  output: "<!channel> @everyone ```\nsecond line",
  rawOutput: '{"timestamp":"…"}',
};

test.each([
  ["Error: no rows\n    at x.js:1:1", [["Error", "no rows"]]],
  ["Error: Error: no rows", [["Error", "no rows"]]],
  ["TypeError: no rows", [["Error", "TypeError: no rows"]]],
  ["threw { code: 42 }", [["Error", "threw { code: 42 }"]]],
  [
    errorText(new Error("no rows", { cause: new AggregateError([new Error("a"), new Error("b")]) })),
    [
      ["Error", "no rows"],
      ["Cause", "AggregateError: a; b"],
    ],
  ],
])("a notice says what is wrong: #%#", (error, facts) => {
  const given = noticeFacts({ ...content, run: { error, startedAt: 0, finishedAt: null } as Run });
  expect(given.filter(([label]) => label === "Error" || label === "Cause")).toEqual(facts);
});

describe("the body of a webhook", () => {
  test.each([
    ["https://hooks.slack.com/services/T/B/x", "slack"],
    ["https://discord.com/api/webhooks/1/x", "discord"],
    ["https://acme.webhook.office.com/webhookb2/x", "teams"],
    ["https://prod-1.westeurope.logic.azure.com/workflows/x", "teams"],
    ["https://hooks.slack.com.evil.example/x", "plain"],
    ["http://127.0.0.1:8080/hook", "plain"],
  ])("for %s has the format %s", (url, format) => {
    expect(webhookFormatOf(url)).toBe(format);
  });

  test("for Slack contains nothing that Slack would interpret", () => {
    const { text } = webhookBody(content, "slack") as { text: string };
    expect(text.split("\n")).toEqual([
      "✗ Digest failed with exit status 1",
      "About: Mails &lt;everyone&gt;",
      "Host: web1, /srv/app",
      "More: node laju status",
      "```",
      "&lt;!channel&gt; @everyone '''",
      "second line",
      "```",
    ]);
  });

  test("for Discord is short enough and mentions nobody", () => {
    const long = { ...content, output: "x".repeat(10_000), description: "y".repeat(900) };
    const body = webhookBody(long, "discord") as { content: string; allowed_mentions: object };
    expect(body.content.length).toBeLessThanOrEqual(2000);
    expect(body.allowed_mentions).toEqual({ parse: [] });
  });

  test("for Discord and Teams makes no links from error messages", () => {
    const error = "Error: [your bank](https://evil.example) \\[a](https://b) **bold**";
    const failed = { ...content, run: { error, startedAt: 0, finishedAt: null } as Run, output: error };
    const discord = webhookBody(failed, "discord") as { content: string };
    const [head = ""] = discord.content.split("```");
    expect(head.replaceAll(/\\[\s\S]/g, "")).not.toMatch(/[[\]()]|\*\*bold/);
    const cut = webhookBody({ ...failed, description: "\\".repeat(2000) }, "discord") as { content: string };
    expect(/\\*(?=\n```)/.exec(cut.content)?.[0].length).toSatisfy((length: number) => length % 2 === 0);
    const teams = JSON.stringify(webhookBody(failed, "teams"));
    expect(teams).not.toContain("](");
    expect(teams).toContain("[your bank]\u200b(https://evil.example)");
  });

  test("for Teams is a card", () => {
    expect(webhookBody(content, "teams")).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [
              { type: "TextBlock", text: "✗ Digest failed with exit status 1" },
              {
                type: "FactSet",
                facts: expect.arrayContaining([{ title: "Host", value: "web1, /srv/app" }]),
              },
              { type: "TextBlock", fontType: "Monospace" },
            ],
          },
        },
      ],
    });
  });

  test("in plain format contains everything", () => {
    expect(webhookBody(content, "plain")).toMatchObject({
      event: "failure",
      command: "Digest",
      output: content.rawOutput,
    });
  });
});

describe("the channels of a command", () => {
  const both = { mailTo: ["a@x.org", "b@x.org"], webhookUrl: "https://x.org", webhookFormat: undefined };
  const none = { mailTo: [], webhookUrl: undefined, webhookFormat: undefined };
  test.each([
    [null, both, ["mail:a@x.org", "mail:b@x.org", "webhook"]],
    [null, none, []],
    [[], both, []],
    [["mail"], both, ["mail:a@x.org", "mail:b@x.org"]],
    [["webhook"], none, []],
    [["a@x.org", "mail"], both, ["mail:a@x.org", "mail:b@x.org"]],
    [["me@x.org"], none, ["mail:me@x.org"]],
  ])("with notify %j", (notify, settings, channels) => {
    expect(channelsOf(notify, settings)).toEqual(channels);
  });
});
