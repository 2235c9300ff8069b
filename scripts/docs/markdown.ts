/** A table with a heading; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
  return lines.join("\n");
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").replaceAll(/(?<!\\)\|/g, "\\|");
}

/** As code, with as many backticks as it takes. */
export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Text without code, in which nothing is taken for HTML. */
export function plain(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(/(?<![\w`])\*(?!\w)/g, "\\*");
}
