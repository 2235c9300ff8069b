/** A Markdown table. The cells can contain Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
  return lines.join("\n");
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").replaceAll(/(?<!\\)\|/g, "\\|");
}

/** Text as code, with as many backticks as necessary. */
export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Escapes text for Markdown outside of code. */
export function plain(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(/(?<![\w`])\*(?!\w)/g, "\\*");
}
