import { LajuError } from "../../config/errors";
import {
  type BlockNotes,
  beginMarker,
  bodyHash,
  bytesOf,
  endMarker,
  isMarker,
  readNotes,
  renderBlock,
} from "./block";
import { type IsThere, posixShellAround } from "./shell";

/** An app's block in a crontab. All offsets are bytes. */
export interface FoundBlock {
  start: number;
  /** Just after the end marker's newline, if it has one. */
  end: number;
  /** The lines between the markers, as bytes (latin1). */
  body: string;
  notes: BlockNotes;
  /** The lines are no longer, or not provably, those that laju wrote. */
  isEdited: boolean;
}

/**
 * Puts `block` (as crontabBlock writes it) in the place of this app's block, or at the end; no other byte changes.
 * `isThere` tells whether a shell named above it exists.
 */
export function replaceBlock(
  crontab: Buffer,
  id: string,
  block: string,
  isThere: IsThere = () => true,
): Buffer {
  if (block === "") return removeBlock(crontab, id);
  const found = findBlock(crontab, id);
  const table = crontab.toString("latin1");
  const start = found?.start ?? table.length;
  const before = table.slice(0, start);
  const lacksNewline = found === undefined && before !== "" && !before.endsWith("\n");
  const wanted = readBlock(block, id);
  const { environment } = wanted.notes;
  const addedNewline = found?.notes.addedNewline ?? lacksNewline;
  const body = posixShellAround(before, wanted.body, isThere);
  const text = renderBlock(bytesOf(id), body, { environment, addedNewline });
  const after = table.slice(found?.end ?? start);
  return Buffer.from(before + (lacksNewline ? "\n" : "") + text + after, "latin1");
}

/** Takes this app's block out, and what was put there for its sake; no other byte changes. */
export function removeBlock(crontab: Buffer, id: string): Buffer {
  const found = findBlock(crontab, id);
  if (found === undefined) return crontab;
  const isLast = found.end === crontab.length;
  const dropsNewline = isLast && found.notes.addedNewline && crontab[found.start - 1] === 10;
  const before = crontab.subarray(0, dropsNewline ? found.start - 1 : found.start);
  return Buffer.concat([before, crontab.subarray(found.end)]);
}

/** What was found in a table, by root: checks ask for the same block many times, and nobody changes a table in place. */
const known = new WeakMap<Buffer, Map<string, FoundBlock | undefined>>();

/** This app's block, undefined when there is none. Anything but one pair of markers is an error: nothing is guessed. */
export function findBlock(crontab: Buffer, id: string): FoundBlock | undefined {
  const blocks = known.get(crontab) ?? new Map<string, FoundBlock | undefined>();
  known.set(crontab, blocks);
  if (!blocks.has(id)) blocks.set(id, lookForBlock(crontab, id));
  return blocks.get(id);
}

function lookForBlock(crontab: Buffer, id: string): FoundBlock | undefined {
  const table = crontab.toString("latin1");
  const lines = linesOf(table);
  const marks = lines.flatMap((line) => markAt(line, bytesOf(id)));
  if (marks.length === 0) return undefined;
  const [begin, end] = marks;
  if (marks.length !== 2 || begin.kind !== "BEGIN" || end.kind !== "END") throw unpaired(id, marks);
  const body = table.slice(begin.line.end, end.line.start);
  const stranger = linesOf(body).find((line) => isMarker(line.text));
  if (stranger) throw strangerInside(id, begin.line.number + stranger.number, stranger.text);
  const isEdited = begin.notes.hash !== bodyHash(body);
  return { start: begin.line.start, end: end.line.end, body, notes: begin.notes, isEdited };
}

interface Line {
  /** Without its newline. */
  text: string;
  /** From 1. */
  number: number;
  start: number;
  end: number;
}

interface Mark {
  kind: "BEGIN" | "END";
  line: Line;
  notes: BlockNotes;
}

function linesOf(table: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < table.length; ) {
    const newline = table.indexOf("\n", start);
    const textEnd = newline === -1 ? table.length : newline;
    const end = newline === -1 ? textEnd : newline + 1;
    lines.push({ text: table.slice(start, textEnd), number: lines.length + 1, start, end });
    start = end;
  }
  return lines;
}

/** Compares with the very text of the marker; a regular expression made of a path would misread it. */
function markAt(line: Line, id: string): Mark[] {
  if (!line.text.includes(" laju ")) return [];
  const trimmed = line.text.replace(/^[ \t]+|[ \t\r]+$/g, "");
  const mark = markIn(trimmed, id, line);
  if (mark !== undefined && trimmed !== line.text) throw damaged(line);
  return mark === undefined ? [] : [mark];
}

function markIn(text: string, id: string, line: Line): Mark | undefined {
  if (text === endMarker(id)) return { kind: "END", line, notes: { addedNewline: false } };
  const begin = beginMarker(id);
  const notes = text.startsWith(begin) ? readNotes(text.slice(begin.length)) : undefined;
  return notes && { kind: "BEGIN", line, notes };
}

/** A block that crontabBlock made. */
function readBlock(block: string, id: string): FoundBlock {
  const found = findBlock(Buffer.from(block), id);
  if (found === undefined) throw new Error(`this is no block of ${id}: ${block}`);
  return found;
}

const mendHint =
  "Mend it with `crontab -e`: one pair of markers, or neither marker nor entries. Nothing was changed.";

function unpaired(id: string, marks: readonly Mark[]): LajuError {
  const found = marks.map(({ kind, line }) => `${kind} in line ${line.number}`).join(", ");
  const message = `the crontab's markers for ${id} are not one pair: ${found}`;
  return new LajuError(message, { code: "E_CRONTAB_MARKERS", hint: mendHint });
}

function damaged({ number, text }: Line): LajuError {
  const message = `line ${number} of the crontab is a changed marker: ${JSON.stringify(text)}`;
  return new LajuError(message, { code: "E_CRONTAB_MARKERS", hint: mendHint });
}

function strangerInside(id: string, number: number, text: string): LajuError {
  const message = `line ${number} of the crontab, within the block of ${id}, is another marker: ${text}`;
  return new LajuError(message, { code: "E_CRONTAB_MARKERS", hint: mendHint });
}
