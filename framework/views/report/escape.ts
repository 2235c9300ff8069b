import { printable } from "../../text/printable";

const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes any text for use in HTML, including in attribute values. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => named[character] as string);
}
