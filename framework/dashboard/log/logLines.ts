import { readableLine } from "../../services/log/readableLog";
import { type Html, html } from "../html";
import { coloredText } from "./coloredText";

/** Of a longer line the beginning is shown: the download has all of it. */
const longest = 20_000;

/** Lines of a log as markup: the Logger's as a person reads them, colors as classes, and nothing that acts. */
export function logLines(lines: readonly { line: Buffer; number?: number | undefined }[]): Html {
  return html`${lines.map(({ line, number }) => html`<span class="line"${number === undefined ? "" : html` data-n="${number}"`}>${logText(line)}</span>`)}`;
}

function logText(line: Buffer): Html {
  const text = line.toString().replace(/\r?\n$/, "");
  const readable = readableLine(text, { color: true }) ?? text;
  const shown = readable.length <= longest ? readable : `${readable.slice(0, longest)} …`;
  return html`${coloredText(shown)}\n`;
}
