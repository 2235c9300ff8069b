import { type Html, html } from "../html";

// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with an escape character.
const codes = /\u001b\[([\d;]*)m/;

/** The style that a color code sets for the text after it. */
interface Look {
  color: number | undefined;
  isBold: boolean;
  isDim: boolean;
}

const plain: Look = { color: undefined, isBold: false, isDim: false };

/** Converts text with a terminal's color codes to spans with classes. Other escape sequences are shown as text. */
export function coloredText(text: string): Html {
  let look = plain;
  const parts = text.split(codes).map((part, index) => {
    if (index % 2 === 1) look = after(look, part);
    return index % 2 === 1 || part === "" ? "" : span(part, look);
  });
  return html`${parts}`;
}

function span(text: string, { color, isBold, isDim }: Look): Html {
  const classes = [
    color === undefined ? "" : `ansi-${color}`,
    isBold ? "ansi-bold" : "",
    isDim ? "ansi-dim" : "",
  ].filter(Boolean);
  return classes.length === 0 ? html`${text}` : html`<span class="${classes.join(" ")}">${text}</span>`;
}

function after(look: Look, code: string): Look {
  const numbers = code === "" ? [0] : code.split(";").map(Number);
  // 38;5;n and 38;2;r;g;b (48 for backgrounds) select one of many colors, for which there are no classes.
  if (numbers[0] === 38 || numbers[0] === 48) return look;
  return numbers.reduce(withCode, look);
}

function withCode(look: Look, code: number): Look {
  if (code === 0) return plain;
  if (code === 1) return { ...look, isBold: true };
  if (code === 2) return { ...look, isDim: true };
  if (code === 22) return { ...look, isBold: false, isDim: false };
  if (code === 39) return { ...look, color: undefined };
  if (code >= 30 && code <= 37) return { ...look, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...look, color: code - 90 };
  return look;
}
