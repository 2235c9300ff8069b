import { isatty } from "node:tty";
import { terminalSettings } from "../config/config";

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
type Style = keyof typeof codes;
const unicodeSymbols = {
  done: "✓",
  failed: "✗",
  running: "●",
  never: "○",
  skipped: "↷",
  dots: "…",
  bar: "█",
};
const asciiSymbols: typeof unicodeSymbols = {
  done: "+",
  failed: "x",
  running: "*",
  never: "o",
  skipped: ">",
  dots: "...",
  bar: "#",
};

/** The colors, symbols and width of an output stream. */
export interface Terminal {
  paint(style: Style, text: string): string;
  symbols: typeof unicodeSymbols;
  /** The width in columns: at most 100, and 80 if the stream is not a terminal. */
  width: number;
  isTerminal: boolean;
}

/** Determines how to write to a standard stream (1 stdout, 2 stderr), by the stream and the environment. */
export function terminalFor(fd: 1 | 2): Terminal {
  const { color, unicode } = terminalSettings();
  const isTerminal = isatty(fd);
  const paints = color ?? isTerminal;
  const stream = fd === 1 ? process.stdout : process.stderr;
  return {
    paint: (style, text) => (paints ? `\u001b[${codes[style]}m${text}\u001b[0m` : text),
    symbols: unicode || !isTerminal ? unicodeSymbols : asciiSymbols,
    width: isTerminal ? Math.min(stream.columns || 80, 100) : 80,
    isTerminal,
  };
}
