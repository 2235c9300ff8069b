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
import { type NeutralSettings, neutralSettingsAround } from "./foreignSettings";
import { type Exists, posixShellAround } from "./shell";

/** An app's block in a crontab. All offsets are bytes. */
export interface FoundBlock {
  start: number;
  /** The position just after the end marker and its newline, if it has one. */
  end: number;
  /** The lines between the markers, as bytes (latin1). */
  body: string;
  notes: BlockNotes;
  /** Whether the lines differ from those that laju wrote, or cannot be verified. */
  isEdited: boolean;
}

/**
 * Replaces this app's block with `block` (as crontabBlock writes it), or appends it. Changes no other byte. `neutral`
 * lists the settings that must not affect the block if they are set above it.
 */
export function replaceBlock(
  crontab: Buffer,
  id: string,
  block: string,
  exists: Exists = () => true,
  neutral: NeutralSettings = {},
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
  const body = neutralSettingsAround(before, posixShellAround(before, wanted.body, exists), neutral);
  const text = renderBlock(bytesOf(id), body, { environment, addedNewline });
  const after = table.slice(found?.end ?? start);
  return Buffer.from(before + (lacksNewline ? "\n" : "") + text + after, "latin1");
}

/** Removes this app's block, and a newline that was added for it. Changes no other byte. */
export function removeBlock(crontab: Buffer, id: string): Buffer {
  const found = findBlock(crontab, id);
  if (found === undefined) return crontab;
  const isLast = found.end === crontab.length;
  const dropsNewline = isLast && found.notes.addedNewline && crontab[found.start - 1] === 10;
  const before = crontab.subarray(0, dropsNewline ? found.start - 1 : found.start);
  return Buffer.concat([before, crontab.subarray(found.end)]);
}

/**
 * Caches the blocks found in a crontab, because checks look up the same block many times. Safe because buffers are
 * never changed in place.
 */
const known = new WeakMap<Buffer, Map<string, FoundBlock | undefined>>();

/** This app's block; undefined if there is none. Throws unless there is exactly one pair of markers. */
export function findBlock(crontab: Buffer, id: string): FoundBlock | undefined {
  const blocks = known.get(crontab) ?? new Map<string, FoundBlock | undefined>();
  known.set(crontab, blocks);
  if (!blocks.has(id)) blocks.set(id, searchBlock(crontab, id));
  return blocks.get(id);
}

function searchBlock(crontab: Buffer, id: string): FoundBlock | undefined {
  const table = crontab.toString("latin1");
  const lines = linesOf(table);
  const marks = lines.flatMap((line) => markAt(line, bytesOf(id)));
  if (marks.length === 0) return undefined;
  const [begin, end] = marks;
  if (marks.length !== 2 || begin.kind !== "BEGIN" || end.kind !== "END") throw unpaired(id, marks);
  const body = table.slice(begin.line.end, end.line.start);
  const stranger = linesOf(body).find((line) => isMarker(line.text));
  if (stranger) throw foreignMarkerError(id, begin.line.number + stranger.number, stranger.text);
  const isEdited = begin.notes.hash !== bodyHash(body);
  return { start: begin.line.start, end: end.line.end, body, notes: begin.notes, isEdited };
}

interface Line {
  /** The line without its newline. */
  text: string;
  /** The line's number, from 1. */
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

/** Compares text instead of using a regular expression, because paths may contain special characters. */
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

/** Parses a block that crontabBlock made. */
function readBlock(block: string, id: string): FoundBlock {
  const found = findBlock(Buffer.from(block), id);
  if (found === undefined) throw new Error(`not a block of ${id}: ${block}`);
  return found;
}

const markersHint =
  "Fix it with `crontab -e`: keep one pair of markers, or remove the markers and the entries. Nothing was changed.";

function unpaired(id: string, marks: readonly Mark[]): LajuError {
  const message = unpairedText(id, marks);
  return new LajuError(message, { code: "E_CRONTAB_MARKERS", hint: markersHint });
}

function unpairedText(id: string, marks: readonly Mark[]): string {
  const [first, second] = marks;
  if (first !== undefined && second === undefined) {
    const other = first.kind === "BEGIN" ? "END" : "BEGIN";
    return `found "# ${first.kind} laju ${id}" on line ${first.line.number} of the crontab but no matching "# ${other}" line`;
  }
  const found = marks.map(({ kind, line }) => `${kind} on line ${line.number}`).join(", ");
  return `the crontab must have one pair of markers for ${id}, but has ${found}`;
}

function damaged({ number, text }: Line): LajuError {
  const message = `line ${number} of the crontab is a damaged marker: ${JSON.stringify(text)}`;
  return new LajuError(message, { code: "E_CRONTAB_MARKERS", hint: markersHint });
}

function foreignMarkerError(id: string, number: number, text: string): LajuError {
  const message = `line ${number} of the crontab is another app's marker inside the block of ${id}: ${text}`;
  return new LajuError(message, { code: "E_CRONTAB_MARKERS", hint: markersHint });
}
