import { LajuError } from "../../config/errors";
import { byPriority } from "../../metadata/manifest";
import { stableHash } from "../../schedule/expression/hash";
import { oneLine } from "../../schedule/expression/oneLine";
import { type AppLocation, type CrontabRow, crontabLine } from "./line";

/** The notes after the id in a begin marker. */
export interface BlockNotes {
  /** The hash of the lines as laju wrote them, to detect edits by hand. */
  hash?: string;
  /** The environment given with --env. */
  environment?: string | undefined;
  /** Whether a newline was added before the block because the crontab did not end with one. It is removed with the block. */
  addedNewline: boolean;
}

/**
 * An app's crontab entries between their markers, with a final newline; empty if there are no entries. The begin marker
 * records the environment, if one is given.
 */
export function crontabBlock(rows: readonly CrontabRow[], place: AppLocation, environment?: string): string {
  const lines = [...rows].sort(byPriority).flatMap((row) => rowLines(row, place));
  return blockAround(place.root, lines.map((line) => `${line}\n`).join(""), environment);
}

/** Puts this app's markers around existing lines, each of which ends with a newline. */
export function blockAround(root: string, body: string, environment?: string): string {
  if (body === "") return "";
  return textOf(renderBlock(bytesOf(checkedId(root)), bytesOf(body), { environment, addedNewline: false }));
}

/** Puts markers around these lines, with the lines' hash in the begin marker. Takes and returns bytes (`bytesOf`). */
export function renderBlock(id: string, body: string, { environment, addedNewline }: BlockNotes): string {
  const named = environment === undefined ? "" : ` env=${encodeURIComponent(environment)}`;
  const note = addedNewline ? " newline=added" : "";
  return `${beginMarker(id)} hash=${bodyHash(body)}${named}${note}\n${body}${endMarker(id)}\n`;
}

export function beginMarker(id: string): string {
  return `# BEGIN laju ${id}`;
}

export function endMarker(id: string): string {
  return `# END laju ${id}`;
}

/** Parses the notes after the id of a begin marker; undefined if the marker belongs to another app. */
export function readNotes(text: string): BlockNotes | undefined {
  const match = /^(?: hash=([0-9a-f]{8})(?: env=([\w%.~!*'()-]+))?)?( newline=added)?$/.exec(text);
  if (match === null) return undefined;
  const [, hash, environment, newline] = match;
  return { hash, environment: environment && decoded(environment), addedNewline: newline !== undefined };
}

/** The root in a begin marker; undefined for any other line. Takes bytes, returns text. */
export function rootOfBegin(line: string): string | undefined {
  if (!line.startsWith(beginMarker(""))) return undefined;
  const notes = "(?: hash=[0-9a-f]{8}(?: env=[\\w%.~!*'()-]+)?)?(?: newline=added)?";
  const root = new RegExp(`^# BEGIN laju (.+?)${notes}$`).exec(line)?.[1];
  return root === undefined ? undefined : textOf(root);
}

/** Decodes percent escapes. Text that can no longer be decoded, because someone edited it, is returned unchanged. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text's UTF-8 bytes, one character each (latin1), so that crontabs in any encoding can be searched. */
export function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The hash of a block's lines, given as bytes. */
export function bodyHash(body: string): string {
  return stableHash(body).toString(16).padStart(8, "0");
}

/** Whether a line opens or closes the block of any app. */
export function isMarker(line: string): boolean {
  return /^[ \t]*#[ \t]*(BEGIN|END) laju /.test(line);
}

function rowLines(row: CrontabRow, place: AppLocation): string[] {
  if (row.entries.length === 0) return [];
  return [commentFor(row), ...row.entries.map((entry) => crontabLine(row, entry, place))];
}

/** The comment above a command's entries: always a single line, and never one that looks like a marker. */
export function commentFor({ name, description }: CrontabRow): string {
  // After a trailing backslash, BusyBox crond would treat the next line as part of the comment.
  const text = oneLine(description).replace(/[\\\s]+$/, "");
  const comment = `# ${text || name}`;
  return isMarker(comment) ? `# ${name}: ${text}` : comment;
}

function checkedId(root: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a marker must be one readable line.
  if (!/[\u0000-\u001f\u007f]|^\s|\s$/.test(root)) return root;
  throw new LajuError(
    `the app's path ${JSON.stringify(root)} cannot be used in the markers of a crontab block`,
    {
      code: "E_CRONTAB_LINE",
      hint: "Move the app to a path without control characters, and without spaces at either end.",
    },
  );
}
