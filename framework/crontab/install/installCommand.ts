import { paths } from "../../config/config";
import type { TargetOptions } from "../../host/installation";
import { shellQuote } from "../../text/shellQuote";

const optionNames = ["root", "node", "log-dir", "env", "user", "cron"] as const;

/**
 * A `node laju crontab:install` command with these options. Includes --root if it is not this folder, or if `namesRoot`
 * is set because the crontab has other entries of this app.
 */
export function installCommand(
  options: TargetOptions,
  { namesRoot = false, flags = [] }: { namesRoot?: boolean; flags?: string[] } = {},
): string {
  const { root = paths.root, ...others } = options;
  const words = namesRoot ? ["--root", root] : [];
  return verbCommand("crontab:install", namesRoot ? others : options, [...words, ...flags]);
}

/** A `node laju crontab:remove` command for the block with this root. */
export function removeCommand(root: string, user: string | undefined): string {
  return verbCommand("crontab:remove", { root, user }, []);
}

/** A sentence about the options that crontab:install kept from the existing entries; undefined if it kept none. */
export function keptOptionsText(options: TargetOptions, asked: TargetOptions): string | undefined {
  const kept = ["root", "node", "log-dir", "cron"] as const;
  const isKept = (name: (typeof kept)[number]) => asked[name] === undefined && !isUsual(name, options[name]);
  const words = kept.filter(isKept).flatMap((name) => [`--${name}`, shellQuote(options[name] as string)]);
  return words.length === 0 ? undefined : `Options kept from the last install: ${words.join(" ")}`;
}

/** Whether this value is crontab:install's default. */
function isUsual(name: (typeof optionNames)[number], value: string | undefined): boolean {
  if (value === undefined || (name === "cron" && value === "auto")) return true;
  return (name === "root" && value === paths.root) || (name === "node" && value === process.execPath);
}

function verbCommand(verb: string, options: TargetOptions, more: string[]): string {
  const words = optionNames.flatMap((name) => {
    const value = options[name];
    const isNeedless = verb === "crontab:install" && isUsual(name, value);
    return value === undefined || isNeedless ? [] : [`--${name}`, value];
  });
  const flags = options.portable ? ["--portable"] : [];
  return ["node laju", verb, ...[...words, ...flags, ...more].map(shellQuote)].join(" ");
}
