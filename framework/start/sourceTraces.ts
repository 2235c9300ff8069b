import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../config/config";
import { readText } from "../config/readText";
import { require } from "../config/require";

type SourceMap = import("node:module").SourceMap;

/**
 * Makes stack traces name the TypeScript line. V8 asks for a stack's text when somebody reads it, and only
 * then is a source map read: a run that succeeds pays nothing (node's --enable-source-maps costs 1.38 times
 * a bare start, measured).
 */
export function nameSourcesInStacks(): void {
  // tsx sees to it itself.
  if (typeof LAJU_BUILT === "undefined") return;
  Error.prepareStackTrace = (error, frames) =>
    [headOf(error), ...frames.map((frame) => `    at ${describeFrame(frame)}`)].join("\n");
}

/** As V8 writes it: the error's own text, which its class or its owner may have changed. */
function headOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "<error>";
  }
}

function describeFrame(frame: NodeJS.CallSite): string {
  const text = String(frame);
  const file = frame.getFileName();
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  if (!file || line === null || column === null) return text;
  const source = sourceOf(placeOf(file.startsWith("file:") ? fileURLToPath(file) : file), line, column);
  return source === undefined ? text : text.replace(`${file}:${line}:${column}`, source);
}

/** V8's code cache has the name of the bundle where the build was made, which may have been elsewhere. */
function placeOf(file: string): string {
  const [, bundle] = /[\\/]((?:cli|shared)[\\/][\w-]{22}\.js)$/.exec(file) ?? [];
  return bundle === undefined ? file : join(paths.build, bundle);
}

/** "commands/X.ts:12:5" with its absolute path, for a place in a compiled file; undefined for any other. */
function sourceOf(file: string, line: number, column: number): string | undefined {
  const map = sourceMapOf(file);
  const entry = map?.findEntry(line - 1, column - 1);
  if (entry === undefined || !("originalSource" in entry) || !entry.originalSource) return undefined;
  const source = resolve(dirname(file), entry.originalSource);
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

const maps = new Map<string, SourceMap | undefined>();

function sourceMapOf(file: string): SourceMap | undefined {
  if (!file.startsWith(paths.build)) return undefined;
  if (!maps.has(file)) maps.set(file, readSourceMap(`${file}.map`));
  return maps.get(file);
}

/** A map that is missing or damaged leaves the compiled file's lines: an error is being shown already. */
function readSourceMap(file: string): SourceMap | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { SourceMap } = require("node:module") as typeof import("node:module");
    return new SourceMap(JSON.parse(readText(file)));
  } catch {
    return undefined;
  }
}
