import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../config";
import { LajuError } from "../errors";
import type { CommandMeta } from "../schedule/commandMeta";
import { commandName } from "../schedule/commandName";
import { type CommandFacts, commandFacts } from "../schedule/manifest";
import { checkMeta } from "../schedule/metaFields";

/** What `make:command` was asked for. */
export interface DraftOptions {
  schedule?: string[] | undefined;
  description?: string | undefined;
  timeout?: string | undefined;
  priority?: string | undefined;
  tags?: string | undefined;
  script?: boolean | undefined;
}

/** A command that can be written: its file, its text and what it says about itself. */
export interface Draft {
  file: string;
  text: string;
  facts: CommandFacts;
}

/** Composes a new command. Everything is checked here, so that nothing is written when anything is wrong. */
export function draftCommand(typed: string, options: DraftOptions): Draft {
  const name = commandName(typed);
  const meta = metaOf(name, options);
  checkMeta(meta, name);
  const form = options.script ? "script" : "declared";
  const stub = readStub(form === "script" ? "script.stub" : "command.stub");
  const app = `${"../".repeat(name.split("/").length)}app`;
  const text = filled(stub, { name, app, meta: metaLines(meta) });
  return { file: join(paths.commands, `${name}.ts`), text, facts: commandFacts(name, form, meta) };
}

export function writeDraft({ file, text }: Draft): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new LajuError(`${file} cannot be written: ${error.message}`, { code: "E_WRITE", cause: error });
  }
}

function metaOf(name: string, { schedule, description, timeout, priority, tags }: DraftOptions): CommandMeta {
  return {
    description: description ?? inWords(name),
    ...(schedule && { schedule: schedule.length === 1 ? schedule[0] : schedule }),
    ...(timeout !== undefined && { timeout }),
    ...(priority !== undefined && { priority: priorityOf(priority) }),
    ...(tags !== undefined && { tags: tags.split(",").map((tag) => tag.trim()) }),
  };
}

/** A word stays a word; checkMeta says which words there are. */
function priorityOf(text: string): CommandMeta["priority"] {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : (text as "low");
}

/** "SendDailyEmails" as a first description: "Send daily emails". */
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

/** The app's own stub, else laju's. */
function readStub(file: string): string {
  const own = join(paths.root, "stubs", file);
  return readFileSync(existsSync(own) ? own : join(import.meta.dirname, "stubs", file), "utf8");
}

function filled(stub: string, values: Record<string, string>): string {
  return stub.replace(/\{\{ *([^}]*?) *\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value !== undefined) return value;
    throw new LajuError(`the stub has a placeholder {{ ${key} }} that nothing fills`, {
      code: "E_STUB",
      hint: `The placeholders are ${Object.keys(values)
        .map((name) => `{{ ${name} }}`)
        .join(", ")}.`,
    });
  });
}
