import { readableLine } from "../../services/log/readableLog";
import { type Html, html } from "../html";
import { coloredText } from "./coloredText";

/** Only the beginning of a longer line is shown; the download contains all of it. */
const longest = 20_000;

/**
 * Log lines as markup. Formats the Logger's JSON lines for people, turns color codes into classes and replaces control
 * characters.
 */
export function logLines(lines: readonly { line: Buffer; number?: number | undefined }[]): Html {
  return html`${lines.map(({ line, number }) => html`<span class="line"${number === undefined ? "" : html` data-n="${number}"`}>${logText(line)}</span>`)}`;
}

function logText(line: Buffer): Html {
  const text = line.toString().replace(/\r?\n$/, "");
  const readable = readableLine(text, { color: true }) ?? text;
  const shown = readable.length <= longest ? readable : `${readable.slice(0, longest)} …`;
  return html`${coloredText(shown)}\n`;
}
