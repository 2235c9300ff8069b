import type { NoticeSettings } from "../../config/config";

/** Where the notices of a command go: what its `notify` says (null: whatever is set up), in this deployment. */
export function channelsOf(notify: readonly string[] | null, settings: NoticeSettings): string[] {
  const channels = (notify ?? ["mail", "webhook"]).flatMap((channel) => {
    if (channel === "mail") return settings.mailTo.map((address) => `mail:${address}`);
    if (channel === "webhook") return settings.webhookUrl === undefined ? [] : ["webhook"];
    return [`mail:${channel}`];
  });
  return [...new Set(channels)];
}
