import { verbGroups } from "../../../commands/native/verbs";
import { type ManualVerb, readManual } from "../../../framework/cli/manual/manual";
import { code, plain, table } from "../markdown";

/** Lists every verb, with its options and examples. */
export async function verbPages(): Promise<string> {
  const groups = await readManual(verbGroups);
  const contents = groups.map(
    ({ heading, verbs }) =>
      `- ${heading}: ${verbs.map(({ name }) => `[${name}](#${anchor(name)})`).join(", ")}`,
  );
  const parts = groups.map(({ heading, verbs }) => [`## ${heading}`, ...verbs.map(verbPage)].join("\n\n"));
  return [contents.join("\n"), ...parts].join("\n\n");
}

function verbPage({ name, call, summary, details, options, examples }: ManualVerb): string {
  const usage = call === name ? "" : ` ${code(`node laju ${call}`)}`;
  return [
    `### ${name}`,
    `${plain(summary)}.${usage}`,
    ...(details === "" ? [] : [detailsText(details)]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
    exampleBlock(examples),
  ].join("\n\n");
}

/** A verb's details as Markdown. Lines that begin with a space are shown as they are. */
function detailsText(details: string): string {
  const parts = details
    .split(/\n\n+/)
    .map((part) => (/^ /.test(part) ? `\`\`\`text\n${part}\n\`\`\`` : plain(part)));
  return parts.join("\n\n");
}

function optionTable(options: ManualVerb["options"]): string {
  return table(
    ["Option", ""],
    options.map(([flag, note]) => [code(flag), plain(note)]),
  );
}

function exampleBlock(examples: ManualVerb["examples"]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `node laju ${line.padEnd(width)}   # ${meaning}`);
  return `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;
}

function anchor(name: string): string {
  return name.replaceAll(":", "");
}
