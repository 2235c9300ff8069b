import { printable } from "../../text/printable";
import { lastLines } from "../logs/lines";
import { factLines, type NoticeContent, noticeFacts, noticeTitle } from "./noticeText";

export type WebhookFormat = "slack" | "discord" | "teams" | "plain";

/** The message format for a webhook URL, recognized by its host. */
export function webhookFormatOf(url: string): WebhookFormat {
  const { hostname, pathname } = new URL(url);
  if (hostname === "hooks.slack.com") return "slack";
  if (/(^|\.)discord(app)?\.com$/.test(hostname) && pathname.startsWith("/api/webhooks/")) return "discord";
  if (/(^|\.)(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/.test(hostname)) return "teams";
  return "plain";
}

/** The JSON that is posted to a webhook. */
export function webhookBody(content: NoticeContent, format: WebhookFormat): object {
  return bodies[format](content);
}

const bodies: Record<WebhookFormat, (content: NoticeContent) => object> = {
  slack: (content) => ({ text: [slackText(title(content)), ...slackLines(content)].join("\n") }),
  discord: (content) => {
    const head = [`**${discordText(title(content))}**`, ...factLines(content).map(discordText)]
      .join("\n")
      .slice(0, 1000)
      // A backslash left over from a truncated escape would affect the text that follows.
      .replace(/(?<!\\)((?:\\\\)*)\\$/, "$1");
    return {
      content: [head, ...fenced(content, 950)].join("\n"),
      // A command's output must not notify people, for example with "@everyone".
      allowed_mentions: { parse: [] },
    };
  },
  teams: (content) => ({
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: teamsCard(content) }],
  }),
  plain: (content) => {
    const { event, name, description, host, app, incident, run, failures, rawOutput } = content;
    return {
      event,
      title: noticeTitle(content),
      command: name,
      description,
      host,
      app,
      incident,
      run,
      failures: failures?.starts ?? null,
      attempts: failures?.attempts ?? null,
      output: rawOutput,
    };
  },
};

function title(content: NoticeContent): string {
  return `${content.event === "failure" ? "✗" : "✓"} ${noticeTitle(content)}`;
}

/** Escapes Markdown, because a link in an error's text could show one address and lead to another. */
function discordText(text: string): string {
  return text.replaceAll(/[\\`*_~|[\]()<>#]/g, "\\$&");
}

/** Breaks up links with a zero-width space, because not every Teams client supports escapes. */
function teamsText(text: string): string {
  return text.replaceAll("](", "]\u200b(");
}

function slackLines(content: NoticeContent): string[] {
  return [...factLines(content), ...fenced(content, 2500)].map(slackText);
}

/** Escapes the three characters that are special in Slack, for example in `<!channel>`. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function fenced({ output }: NoticeContent, longest: number): string[] {
  if (output === "") return [];
  return ["```", lastLines(printable(output), longest).replaceAll("```", "'''"), "```"];
}

function teamsCard(content: NoticeContent): object {
  const facts = noticeFacts(content).map(([name, value]) => ({ title: name, value: teamsText(value) }));
  const output =
    content.output === ""
      ? []
      : [{ ...textBlock(teamsText(lastLines(printable(content.output), 4000))), fontType: "Monospace" }];
  return {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      { ...textBlock(teamsText(title(content))), weight: "Bolder", size: "Medium" },
      { type: "FactSet", facts },
      ...output,
    ],
  };
}

function textBlock(text: string) {
  // A single newline is rendered as a space in Teams' Markdown.
  return { type: "TextBlock", text: text.replaceAll("\n", "\n\n"), wrap: true };
}
