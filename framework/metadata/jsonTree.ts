/** A JSON value with its position in the text. */
export interface JsonNode {
  /** Where the value begins and ends in the text, as offsets. The end is the position after the last character. */
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** An object's members, in the order of the text; absent for other values. */
  readonly members?: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly node: JsonNode;
}

/** A syntax error in a JSON text, with its offset. */
export class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Parses JSON and records positions: on Node 20, JSON.parse reports no positions, and it silently accepts duplicate keys.
 * Throws a JsonSyntaxError.
 */
export function parseJsonTree(text: string): JsonNode {
  const scanner = { text, at: text.startsWith("\ufeff") ? 1 : 0 };
  const node = readNode(scanner);
  skipSpace(scanner);
  if (scanner.at < text.length) throw unexpected(scanner, "the end of the file");
  return node;
}

/** The position of an offset as "line:column", both counted from 1. */
export function placeInText(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

interface Scanner {
  readonly text: string;
  at: number;
}

const plainNode = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y;

function readNode(scanner: Scanner): JsonNode {
  skipSpace(scanner);
  const opening = scanner.text[scanner.at];
  if (opening === "{") return readObject(scanner);
  if (opening === "[") return readList(scanner);
  return readPlain(scanner, "a value");
}

function readPlain(scanner: Scanner, what: string): JsonNode {
  const { text, at: start } = scanner;
  plainNode.lastIndex = start;
  const [word] = plainNode.exec(text) ?? [];
  if (word === undefined) throw unexpected(scanner, what);
  scanner.at += word.length;
  return { start, end: scanner.at, value: plainValue(word, start) };
}

function plainValue(word: string, start: number): unknown {
  try {
    return JSON.parse(word);
  } catch {
    // The word is, for example, 007, or a string with a tab or an unknown escape sequence.
    throw new JsonSyntaxError(`${word} is not valid JSON`, start);
  }
}

function readObject(scanner: Scanner): JsonNode {
  const members: JsonMember[] = [];
  const { start, end } = readItems(scanner, "}", () => members.push(readMember(scanner, members)));
  const value = Object.fromEntries(members.map(({ key, node }) => [key, node.value]));
  return { start, end, members, value };
}

function readMember(scanner: Scanner, earlier: readonly JsonMember[]): JsonMember {
  const { at: start, text } = scanner;
  if (text[start] !== '"') throw unexpected(scanner, "a name in double quotes");
  const key = readPlain(scanner, "a name").value as string;
  if (earlier.some((member) => member.key === key)) {
    throw new JsonSyntaxError(`${JSON.stringify(key)} occurs twice`, start);
  }
  skipSpace(scanner);
  if (text[scanner.at] !== ":") throw unexpected(scanner, '":"');
  scanner.at++;
  return { key, start, node: readNode(scanner) };
}

function readList(scanner: Scanner): JsonNode {
  const value: unknown[] = [];
  const { start, end } = readItems(scanner, "]", () => value.push(readNode(scanner).value));
  return { start, end, value };
}

/** Reads items separated by commas, up to the closing bracket. `readItem` reads one item. */
function readItems(scanner: Scanner, closing: string, readItem: () => void) {
  const start = scanner.at++;
  skipSpace(scanner);
  while (scanner.text[scanner.at] !== closing) {
    readItem();
    skipSpace(scanner);
    if (scanner.text[scanner.at] === closing) break;
    if (scanner.text[scanner.at] !== ",") throw unexpected(scanner, `"," or "${closing}"`);
    const comma = scanner.at++;
    skipSpace(scanner);
    if (scanner.text[scanner.at] === closing) throw new JsonSyntaxError("trailing comma", comma);
  }
  return { start, end: ++scanner.at };
}

function skipSpace(scanner: Scanner): void {
  while (" \t\r\n".includes(scanner.text[scanner.at] ?? "x")) scanner.at++;
}

function unexpected({ text, at }: Scanner, expected: string): JsonSyntaxError {
  const found =
    at < text.length ? JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number)) : "the end";
  return new JsonSyntaxError(`expected ${expected}, found ${found}`, at);
}
