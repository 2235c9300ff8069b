import { printable } from "../../text/printable";

const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Any text as text of an HTML page, attribute values included. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => named[character] as string);
}
