import { join } from "node:path";
import { paths } from "../config/config";
import type { CommandMeta } from "../metadata/commandMeta";
import { type CommandFacts, commandFacts } from "../metadata/manifest";
import { checkMeta } from "../metadata/metaFields";
import { badName, newName } from "./newName";
import { filledStub } from "./stub";

/** The options of `make:command`. */
export interface DraftOptions {
  schedule?: string[] | undefined;
  description?: string | undefined;
  timeout?: string | undefined;
  priority?: string | undefined;
  timezone?: string | undefined;
  retries?: string | undefined;
  tags?: string | undefined;
  script?: boolean | undefined;
}

/** A generated command that has not been written yet: its file, its source text and its metadata. */
export interface Draft {
  file: string;
  text: string;
  facts: CommandFacts;
}

/** Drafts a new command. Checks everything first, so that nothing is written if an option is invalid. */
export function draftCommand(typed: string, options: DraftOptions): Draft {
  const name = commandName(typed);
  const meta = metaOf(name, options);
  checkMeta(meta, name);
  const form = options.script ? "script" : "declared";
  const stub = form === "script" ? "script.stub" : "command.stub";
  const app = `${"../".repeat(name.split("/").length)}app`;
  const text = filledStub(stub, { name, app, meta: metaLines(meta) });
  return { file: join(paths.commands, `${name}.ts`), text, facts: commandFacts(name, form, meta) };
}

function commandName(typed: string): string {
  const name = newName("command", typed);
  if (!name.startsWith("native/") && name !== "Index") return name;
  throw badName("command", typed, "commands/native/ and commands/index.ts belong to laju.");
}

function metaOf(name: string, options: DraftOptions): CommandMeta {
  const { schedule, description, timezone, timeout, retries, priority, tags } = options;
  return {
    description: description ?? inWords(name),
    ...(schedule && { schedule: schedule.length === 1 ? schedule[0] : schedule }),
    ...(timezone !== undefined && { timezone }),
    ...(timeout !== undefined && { timeout }),
    ...(retries !== undefined && { retries: numberOr(retries) as number }),
    ...(priority !== undefined && { priority: numberOr(priority) }),
    ...(tags !== undefined && { tags: tags.split(",").map((tag) => tag.trim()) }),
  };
}

/** The text as a number if it is one, otherwise the text itself. checkMeta() rejects other words than priorities. */
function numberOr(text: string): number | string {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The default description, such as "Send daily emails" for SendDailyEmails. */
function inWords(name: string): string {
  const last = name.split("/").at(-1) as string;
  const words = last
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ");
  return words
    .map((word, index) => (index === 0 || /^[A-Z]{2,}/.test(word) ? word : word.toLowerCase()))
    .join(" ");
}

function metaLines(meta: CommandMeta): string {
  return Object.entries(meta)
    .map(([field, value]) => `  ${field}: ${Array.isArray(value) ? listText(value) : JSON.stringify(value)},`)
    .join("\n");
}

function listText(values: unknown[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
