/** An address and its display name. */
export interface Mailbox {
  name: string;
  address: string;
}

/** The mailboxes in a list, and those of its parts that are not valid. */
export interface MailboxList {
  mailboxes: Mailbox[];
  wrong: string[];
}

/** Parses a list as in a To header: `ops@example.com, "Ops, Berlin" <berlin@example.com>`. */
export function readMailboxes(text: string): MailboxList {
  const plain = text.split(/[,;]/).map((part) => part.trim());
  if (plain.every((part) => part === "" || isPlain(part))) return plainList(plain);
  const mailboxes: Mailbox[] = [];
  const wrong: string[] = [];
  const take = ({ name, address, group }: Parsed): void => {
    if (group !== undefined && isName(name, text)) group.forEach(take);
    else if (isAddress(address) && hasValidName(name, address, text)) mailboxes.push({ name, address });
    else if (name !== "" || address) wrong.push(asWritten(address || name, text));
  };
  addressParser()(text).forEach(take);
  // The parser ignores an unpaired bracket, so it may have read the next address as part of a name.
  if (wrong.length === 0 && !isBalanced(text)) return { mailboxes: [], wrong: [text.trim()] };
  return { mailboxes, wrong };
}

/** Parses a setting. Unlike in a To header, spaces alone can separate addresses without names. */
export function readMailboxSetting(text: string): MailboxList {
  const words = text.split(/[\s,;]+/);
  return words.every((word) => word === "" || isPlain(word)) ? plainList(words) : readMailboxes(text);
}

let patterns: { plain: RegExp; quoted: RegExp } | undefined;

/** The patterns, compiled on first use because every command loads this file. */
function addressPatterns(): NonNullable<typeof patterns> {
  if (patterns !== undefined) return patterns;
  const label = "[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?";
  const domain = `(?:${label}(?:\\.${label})*|\\[[\\da-f.:]+\\])`;
  patterns = {
    plain: new RegExp(`^[^\\s@"<>()\\[\\]\\\\,;:\\p{C}]+@${domain}$`, "iu"),
    quoted: new RegExp(`^"[^"\\\\\\p{C}]+"@${domain}$`, "iu"),
  };
  return patterns;
}

function isPlain(text: string): boolean {
  return addressPatterns().plain.test(text);
}

function isAddress(text = ""): text is string {
  return isPlain(text) || addressPatterns().quoted.test(text);
}

/**
 * Whether an address may have this name. The parser reads `ops@exa mple.com` as an address and a name, so a name counts
 * only if the text contains <> or ().
 */
function hasValidName(name: string, address: string, text: string): boolean {
  return name === "" || ((text.includes(`<${address}>`) || text.includes("(")) && isName(name, text));
}

/** Whether a string can be a name. An unquoted one with an @ contains an address that the parser missed. */
function isName(name: string, text: string): boolean {
  return !name.includes("@") || text.includes(`"${name}"`);
}

function isBalanced(text: string): boolean {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
  return bare.split("<").length === bare.split(">").length;
}

function asWritten(part: string, text: string): string {
  const parts = text.split(/[,;]/).map((one) => one.trim());
  return parts.includes(part) ? part : (parts.find((one) => one.includes(part)) ?? part);
}

function plainList(parts: string[]): MailboxList {
  return { mailboxes: parts.filter(Boolean).map((address) => ({ name: "", address })), wrong: [] };
}

interface Parsed {
  name: string;
  address?: string;
  group?: Parsed[];
}

/** Loads the parser. Only lists that contain names need it. */
function addressParser(): (text: string) => Parsed[] {
  const load =
    typeof LAJU_BUILT === "undefined"
      ? process.getBuiltinModule("node:module").createRequire(import.meta.url)
      : lajuRequire;
  return load("nodemailer/lib/addressparser");
}
