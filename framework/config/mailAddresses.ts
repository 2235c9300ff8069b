/** An address, and the name that stands beside it. */
export interface Mailbox {
  name: string;
  address: string;
}

/** The mailboxes of a list, and the parts of it that are none. */
export interface MailboxList {
  mailboxes: Mailbox[];
  wrong: string[];
}

/** A list as it stands in a mail's To line: `ops@example.com, "Ops, Berlin" <berlin@example.com>`. */
export function readMailboxes(text: string): MailboxList {
  const plain = text.split(/[,;]/).map((part) => part.trim());
  if (plain.every((part) => part === "" || isPlain(part))) return plainList(plain);
  const mailboxes: Mailbox[] = [];
  const wrong: string[] = [];
  const take = ({ name, address, group }: Parsed): void => {
    if (group !== undefined && isName(name, text)) group.forEach(take);
    else if (isAddress(address) && isBeside(name, address, text)) mailboxes.push({ name, address });
    else if (name !== "" || address) wrong.push(asWritten(address || name, text));
  };
  addressParser()(text).forEach(take);
  // The parser drops a bracket that is alone, and may take the next address for part of a name.
  if (wrong.length === 0 && !isBalanced(text)) return { mailboxes: [], wrong: [text.trim()] };
  return { mailboxes, wrong };
}

/** As people write settings: plain addresses may also stand behind one another, with blanks between them. */
export function readMailboxSetting(text: string): MailboxList {
  const words = text.split(/[\s,;]+/);
  return words.every((word) => word === "" || isPlain(word)) ? plainList(words) : readMailboxes(text);
}

let patterns: { plain: RegExp; quoted: RegExp } | undefined;

/** Made when an address is looked at: every command loads this file. */
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

/** The parser makes the best of `ops@exa mple.com`: an address, and the rest its name. A name has <> or () between. */
function isBeside(name: string, address: string, text: string): boolean {
  return name === "" || ((text.includes(`<${address}>`) || text.includes("(")) && isName(name, text));
}

/** An address that the parser took for part of a name would get no mail. */
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

/** Loaded only for a list with names in it. */
function addressParser(): (text: string) => Parsed[] {
  const load =
    typeof LAJU_BUILT === "undefined"
      ? process.getBuiltinModule("node:module").createRequire(import.meta.url)
      : lajuRequire;
  return load("nodemailer/lib/addressparser");
}
