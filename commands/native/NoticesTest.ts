import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { type Terminal, terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { noticeSettings } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { channelsOf } from "../../framework/runs/notices/deliver";
import { sendTestNotices, type TestResult } from "../../framework/runs/notices/sendTestNotices";
import { errorMessage } from "../../framework/text/errorText";
import { printableLine } from "../../framework/text/printable";

export default verb({
  examples: [
    ["notices:test", "Test NOTIFY_MAIL_TO and NOTIFY_WEBHOOK_URL"],
    ["notices:test ImportPrices", "Test the receivers of one command's notifications (its `notify`)"],
  ],
  options: {},
  words: { least: 0, most: 1 },
  details: `Sends a notification that says it is a test. Exits with status 1 if a mail server or webhook did not accept it. Nothing
is recorded. Pings are not sent, because the service that receives them would take a ping for a real run.`,
  async run({ args: [name] }) {
    const channels = channelsOf(notifyOf(name), noticeSettings());
    if (channels.length === 0) throw nobody(name);
    const terminal = terminalFor(1);
    const results = await sendTestNotices(channels, Date.now());
    for (const result of results) console.log(resultText(result, terminal));
    if (results.some(({ error }) => error === undefined)) {
      console.log(terminal.paint("dim", "  The receiver's server accepted it. Check that it has arrived."));
    }
    return results.some(({ error }) => error !== undefined) ? 1 : 0;
  },
});

/** The channels of one command's notifications, by its metadata; null without a command, which means all channels. */
function notifyOf(name: string | undefined): readonly string[] | null {
  return name === undefined ? null : findCommand(name, readCatalog().commands).notify;
}

function nobody(name: string | undefined): LajuError {
  const subject = name === undefined ? "nobody is notified of failures" : `nobody is notified about ${name}`;
  return new LajuError(subject, {
    code: "E_NOTIFY_NOBODY",
    hint:
      name === undefined
        ? "Set NOTIFY_MAIL_TO or NOTIFY_WEBHOOK_URL in .env."
        : "Check `notify` in its metadata, and NOTIFY_MAIL_TO and NOTIFY_WEBHOOK_URL in .env.",
  });
}

function resultText({ channel, error }: TestResult, { paint, symbols }: Terminal): string {
  if (error === undefined) return `${paint("green", symbols.done)} Sent to ${receiver(channel)}`;
  const line = `${paint("red", symbols.failed)} Not sent to ${receiver(channel)}: ${printableLine(errorMessage(error))}`;
  const hint = error instanceof LajuError ? error.hint : undefined;
  return hint === undefined ? line : `${line}\n  ${paint("dim", hint)}`;
}

/** Leaves out the path of the webhook's URL, because it is secret. */
function receiver(channel: string): string {
  const { webhookUrl } = noticeSettings();
  if (channel === "webhook" && webhookUrl !== undefined) return `the webhook at ${new URL(webhookUrl).host}`;
  return channel.slice("mail:".length);
}
