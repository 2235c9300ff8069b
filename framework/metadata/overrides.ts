import { LajuError } from "../config/errors";
import { closest } from "../text/similar";
import type { CommandMeta } from "./commandMeta";
import { resolveMeta } from "./commandMeta";
import { type JsonMember, type JsonNode, JsonSyntaxError, parseJsonTree, placeInText } from "./jsonTree";
import { byPriority, type CommandFacts } from "./manifest";
import { fieldProblem, metaFields } from "./metaFields";

/**
 * The fields that schedule.json can override: when and where a command starts, how long it may take, and how lists show
 * it. The other fields, such as `options`, can't be overridden because the command's code depends on them.
 */
export const overridableFields = [
  "schedule",
  "timezone",
  "enabled",
  "environments",
  "timeout",
  "overlap",
  "catchUp",
  "description",
  "tags",
  "priority",
  "log",
] as const satisfies (keyof CommandMeta)[];

export type OverridableField = (typeof overridableFields)[number];
export type Override = Pick<CommandMeta, OverridableField>;
/** What schedule.json overrides, by the name of the command. */
export type Overrides = Readonly<Record<string, Override>>;

/** A command with the overrides of this deployment applied. */
export interface DeployedCommand extends CommandFacts {
  /** The names of the fields that schedule.json overrides. */
  overridden: string[];
  /** Where the time limit comes from if it is the default, set by neither the source nor schedule.json. */
  timeoutFrom?: "COMMAND_TIMEOUT";
}

/**
 * Parses the text of schedule.json. `file` is its name in messages, and `names` are the existing commands. Throws a
 * LajuError with line and column for anything invalid.
 */
export function parseOverrides(text: string, file: string, names: readonly string[]): Overrides {
  const fail: Fail = (offset, message, hint) => {
    throw new LajuError(`${file}:${placeInText(text, offset)}  ${message}`, {
      code: "E_OVERRIDES",
      exitStatus: 2,
      hint,
    });
  };
  const root = treeOf(text, fail);
  return Object.fromEntries(
    membersOf(root, "the file", fail).map((member) => {
      if (!names.includes(member.key)) unknownCommand(member, names, fail);
      return [member.key, overrideOf(member, fail)];
    }),
  );
}

/** Applies the overrides to the commands, and sorts these in list order. */
export function applyOverrides(commands: readonly CommandFacts[], overrides: Overrides): DeployedCommand[] {
  return commands
    .map((command) => {
      const override = ownOverride(overrides, command.name);
      return override === undefined ? { ...command, overridden: [] } : overriddenBy(command, override);
    })
    .sort(byPriority);
}

/** Applies the override of one command. */
function overriddenBy<T extends CommandFacts>(command: T, override: Override): T & DeployedCommand {
  const resolved = resolveMeta(override);
  const fields = overridableFields.filter((field) => override[field] !== undefined);
  const facts = fields.map(factOf);
  const changed = facts.includes("priority") ? [...facts, "priorityLabel" as const] : facts;
  const changes = changed.map((fact) => [fact, resolved[fact]]);
  const overlap = overlapWith(override, command);
  return { ...command, ...Object.fromEntries(changes), overlap, overridden: fields };
}

/**
 * The overlap of a command with an override. If only the override gives it a schedule, the default is "skip", as for
 * all scheduled commands.
 */
export function overlapWith(
  { overlap, schedule }: Override,
  own: Pick<CommandFacts, "schedules" | "overlap">,
): CommandFacts["overlap"] {
  const isNewlyScheduled = own.schedules.length === 0 && schedule !== undefined && schedule.length > 0;
  return overlap ?? (isNewlyScheduled ? "skip" : own.overlap);
}

/** Validates the override of one command when its position in the file is not known. Throws a LajuError. */
export function checkOverride(override: unknown, name: string): asserts override is Override {
  const fail = (message: string, hint?: string): never => {
    throw new LajuError(message, { code: "E_OVERRIDES", exitStatus: 2, hint });
  };
  if (typeof override !== "object" || override === null)
    return fail(`the override of ${name} must be an object`);
  for (const [field, value] of Object.entries(override)) {
    const problem = fieldFault(field, value, name);
    if (problem) fail(problem.message, problem.hint);
  }
}

type Fail = (offset: number, message: string, hint?: string) => never;

function treeOf(text: string, fail: Fail): JsonNode {
  try {
    return parseJsonTree(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return fail(error.offset, `invalid JSON: ${error.message}`, "Fix the file or remove it.");
  }
}

function membersOf(node: JsonNode, what: string, fail: Fail): readonly JsonMember[] {
  if (node.members !== undefined) return node.members;
  const example = '{ "CleanupOldData": { "schedule": "0 4 * * *", "enabled": false } }';
  return fail(node.start, `${what} must be an object`, `For example: ${example}.`);
}

function unknownCommand({ key, start }: JsonMember, names: readonly string[], fail: Fail): never {
  const near = closest(key, names);
  const hint = near
    ? `Did you mean ${near}?`
    : "node laju list shows all commands. Remove this one from the file.";
  return fail(start, `there is no command "${key}"`, hint);
}

function overrideOf({ key: name, node }: JsonMember, fail: Fail): Override {
  for (const { key: field, start, node: value } of membersOf(node, `the override of ${name}`, fail)) {
    const problem = fieldFault(field, value.value, name);
    if (problem) fail(problem.isValue ? value.start : start, problem.message, problem.hint);
  }
  return node.value as Override;
}

interface Fault {
  message: string;
  hint: string | undefined;
  /** Whether the value is invalid. Otherwise the field itself can't be overridden. */
  isValue: boolean;
}

function fieldFault(field: string, value: unknown, name: string): Fault | undefined {
  if (!isOverridable(field)) return { ...unknownField(field), isValue: false };
  const problem = fieldProblem(field, value, name);
  return problem && { message: `${name}: ${problem.message}`, hint: problem.hint, isValue: true };
}

function isOverridable(field: string): field is OverridableField {
  return (overridableFields as readonly string[]).includes(field);
}

function unknownField(field: string): { message: string; hint: string } {
  const known = `The fields are ${overridableFields.join(", ")}.`;
  if (Object.hasOwn(metaFields, field)) {
    return { message: `${field} cannot be overridden: it belongs to the command's source`, hint: known };
  }
  const near = closest(field, overridableFields);
  return { message: `unknown field "${field}"`, hint: near ? `Did you mean ${near}?` : known };
}

/**
 * The override of one command. Ignores inherited properties, because a command can have the name of one, such as
 * toString.
 */
function ownOverride(overrides: Overrides, name: string): Override | undefined {
  return Object.hasOwn(overrides, name) ? overrides[name] : undefined;
}

function factOf(field: OverridableField) {
  return field === "schedule" ? "schedules" : field;
}
