import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../config/config";
import { readText } from "../config/readText";
import { require } from "../config/require";

type SourceMap = import("node:module").SourceMap;

/**
 * Makes stack traces point to the TypeScript source. Source maps are loaded when a stack is first read, so a successful
 * run doesn't pay for this. (Node's --enable-source-maps makes a bare start take 1.38 times as long.)
 */
export function mapStacksToSources(): void {
  // Under tsx, do nothing, because tsx maps stack traces itself.
  if (typeof LAJU_BUILT === "undefined") return;
  Error.prepareStackTrace = (error, frames) =>
    [headOf(error), ...frames.map((frame) => `    at ${describeFrame(frame)}`)].join("\n");
}

/** The first line of a stack trace. V8 takes it from the error's toString(), which can be overridden and can throw. */
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

/**
 * The bundle's current path. V8's code cache contains the path at build time, and the build may have been moved since.
 */
function placeOf(file: string): string {
  const [, bundle] = /[\\/]((?:cli|shared)[\\/][\w-]{22}\.js)$/.exec(file) ?? [];
  return bundle === undefined ? file : join(paths.build, bundle);
}

/**
 * The position in the source, such as "/srv/app/commands/X.ts:12:5", of a position in a compiled file; undefined for
 * other files.
 */
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

/**
 * A compiled file's source map; undefined if it is missing or damaged. The trace then shows positions in the compiled
 * file.
 */
function readSourceMap(file: string): SourceMap | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { SourceMap } = require("node:module") as typeof import("node:module");
    return new SourceMap(JSON.parse(readText(file)));
  } catch {
    return undefined;
  }
}
