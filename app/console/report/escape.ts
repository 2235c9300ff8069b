const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Any text as text of an HTML page, attribute values included. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => named[character] as string);
}

/** Without a terminal's colours, and without what HTML has no way to hold. */
function visible(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
      .replace(/\u001b\[[\d;?]*[A-Za-z]/g, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "\ufffd")
  );
}
