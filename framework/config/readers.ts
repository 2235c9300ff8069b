import { isAbsolute } from "node:path";
import { parseDuration } from "./duration";
import { groupNumber } from "./groups";
import { type Mailbox, readMailboxSetting } from "./mailAddresses";
import { wholeNumber } from "./wholeNumber";

/** The functions that read settings, one for each kind of value. */
export type SettingReaders = ReturnType<typeof settingReaders>;

const exampleAddresses = "such as ops@example.com or Ops Team <ops@example.com>";

/**
 * Creates a reader for each kind of setting. For an invalid value, a reader adds a sentence to `problems` instead of
 * throwing.
 */
export function settingReaders(env: NodeJS.ProcessEnv, problems: string[]) {
  const text = (name: string) => env[name]?.trim() || undefined;
  const found = (name: string) => `${name} is ${JSON.stringify(env[name])}`;
  const mailboxes = (name: string): Mailbox[] => {
    const value = text(name);
    if (value === undefined) return [];
    const list = readMailboxSetting(value);
    for (const part of list.wrong) {
      problems.push(`${name} has ${JSON.stringify(part)}, which is not a mail address (${exampleAddresses})`);
    }
    return list.mailboxes;
  };
  const list = (name: string): string[] => (text(name) ?? "").split(/[\s,]+/).filter(Boolean);
  return {
    text,
    mailboxes,
    mailbox(name: string): Mailbox | undefined {
      const found = mailboxes(name);
      if (found.length > 1) problems.push(`${name} has ${found.length} mail addresses, expected one`);
      return found[0];
    },
    name(name: string, fallback: string): string {
      const value = text(name) ?? fallback;
      if (!/^[\w-]+$/.test(value))
        problems.push(`${found(name)}, expected a plain word such as "${fallback}"`);
      return value;
    },
    integer(name: string, from: number, to: number): number | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = wholeNumber(value, from, to);
      if (number !== undefined) return number;
      problems.push(`${found(name)}, expected a whole number from ${from} to ${to}`);
      return undefined;
    },
    /** Reads a size in decimal units: "10MB", "500k" or "1000000". */
    bytes(name: string): number | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      const [, count, unit] = /^(\d+(?:\.\d+)?) ?([kmg]?)b?$/i.exec(value) ?? [];
      const size = Math.round(Number(count) * 1000 ** " kmg".indexOf(unit?.toLowerCase() || " "));
      if (size >= 1000) return size;
      problems.push(`${found(name)}, expected a size such as "10MB"`);
      return undefined;
    },
    /** Reads a duration such as "10m", and returns it as written and in milliseconds. */
    duration(name: string): { text: string; ms: number } | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      const ms = durationOrNone(value);
      if (ms !== undefined) return { text: value, ms };
      problems.push(`${found(name)}, expected a duration such as "90s", "10m" or "1h30m"`);
      return undefined;
    },
    boolean(name: string): boolean | undefined {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (["true", "1", "yes", "on"].includes(value)) return true;
      if (!["false", "0", "no", "off"].includes(value))
        problems.push(`${found(name)}, expected "true" or "false"`);
      return false;
    },
    oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      const match = allowed.find((candidate) => candidate === value);
      if (match === undefined) problems.push(`${found(name)}, expected one of ${allowed.join(", ")}`);
      return match;
    },
    url(name: string, protocols: string[]): string | undefined {
      const value = text(name);
      if (value === undefined || protocols.some((protocol) => isUrl(value, protocol))) return value;
      const shapes = protocols.map((protocol) => `${protocol}${protocol === "file:" ? "" : "//"}…`);
      // Don't show the value: it usually contains a password.
      problems.push(`${name} is not a URL of the form ${shapes.join(" or ")}`);
      return undefined;
    },
    /** Reads a secret. Error messages never show its value. */
    secret(name: string, least: number): string | undefined {
      const value = text(name);
      if (value === undefined || value.length >= least) return value;
      problems.push(`${name} is too short, expected at least ${least} characters`);
      return undefined;
    },
    list,
    /** Reads a list of IP addresses and networks such as 10.0.0.0/8. */
    networks(name: string): string[] {
      const wrong = list(name).filter((value) => !isNetwork(value));
      for (const value of wrong)
        problems.push(`${name} has ${JSON.stringify(value)}, expected an IP address or a network`);
      return list(name).filter(isNetwork);
    },
    group(name: string): void {
      const value = text(name);
      if (value !== undefined && groupNumber(value) === undefined)
        problems.push(`${found(name)}, expected a group in /etc/group, or a group number`);
    },
    absolutePath(name: string): void {
      const value = text(name);
      if (value !== undefined && !isAbsolute(value))
        problems.push(`${found(name)}, expected an absolute path`);
    },
  };
}

/** Checks the address without node:net, because loading that costs 3 ms per start. */
function isNetwork(value: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*)(\/\d{1,3})?$/i.test(value);
}

/** A duration in milliseconds; undefined if it is invalid or zero. A limit of zero would end every run immediately. */
function durationOrNone(value: string): number | undefined {
  try {
    return parseDuration(value) || undefined;
  } catch {
    return undefined;
  }
}

function isUrl(value: string, protocol: string): boolean {
  if (!value.startsWith(protocol)) return false;
  return protocol === "file:" ? value.length > protocol.length : URL.canParse(value);
}
