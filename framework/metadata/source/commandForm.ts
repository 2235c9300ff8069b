import type { CommandForm } from "../commandMeta";
import { declaredObject, refuseCommonJs, refuseStrayCommands } from "./commandCall";
import { effectsOf, hasEffectsOnLoad } from "./effects";
import { exportedMeta, refuseHiddenMeta } from "./exportedMeta";
import { type Node, propertyNamed } from "./literal";
import { exportNamed, exportsOf, followed, type ModuleFile, topLevel } from "./moduleExports";
import { freeNames, isFunction } from "./names";
import type { Fail } from "./parseModule";
import { startsItself } from "./selfStart";

/** The form of a file in commands/, and the syntax node of its metadata. */
export type Found =
  | { form: CommandForm; start: CommandStart; meta: Node | undefined }
  /** The file only exports helpers for other files, so it is not a command. */
  | { form: "helpers" };

/**
 * How a command is started. "command": its default export is the result of `command()`, which starts it. "default.run",
 * "run" and "default": laju calls the default export's `run`, the exported `run`, or the default export itself.
 * "nothing": a script, which does its work when it is loaded. "made": a script whose default export is the result of
 * another call. Only a run can show whether that result is a command.
 */
export type CommandStart = "command" | "default.run" | "run" | "default" | "nothing" | "made";

/**
 * Determines the form of a file in commands/ from its syntax tree. Fails, with the position, for a file that would have
 * no effect when started, or whose metadata would be ignored.
 */
export function formOf(body: Node[], fail: Fail): Found {
  const file = { body, fail, exports: exportsOf(body) };
  refuseCommonJs(file);
  const meta = exportedMeta(file);
  const declared = declaredObject(file);
  if (declared !== undefined) {
    checkRun(declared, file);
    if (meta !== undefined) fail(meta.place.start, "meta is ignored next to command({ … })", moveMeta);
    return { form: "declared", start: "command", meta: declared };
  }
  refuseStrayCommands(file);
  refuseHiddenMeta(file, meta?.object);
  const start = plainObject(file, meta?.place) ?? exportedFunction(file);
  if (start?.form === "declared") return { ...start, meta: meta?.object ?? start.meta };
  return start ? { ...start, meta: meta?.object } : withoutRun(file, meta);
}

const moveMeta = "Move its fields into command({ … }).";
const writeRun =
  'Write export async function run() { … }. If the file is not a command, start its name with "_".';

/** The form of `export default { run, … }`, which is a command without a call of command(). */
function plainObject(file: ModuleFile, meta: Node | undefined): Start | undefined {
  const exported = exportNamed("default", file.exports);
  const object = exported?.value;
  if (exported === undefined || object?.type !== "ObjectExpression") return undefined;
  const run = propertyNamed("run", object);
  const schedule = propertyNamed("schedule", object);
  if (run === undefined) {
    if (schedule) file.fail(object.start, "the default export has a schedule but no run", writeRun);
    return undefined;
  }
  const names = [...exported.locals, ...(run.value.type === "Identifier" ? [run.value.name] : [])];
  if (startsItself({ names, value: object }, file)) {
    if (schedule)
      file.fail(schedule.start, "the file starts its own work, so laju ignores this schedule", writeMeta);
    return undefined;
  }
  checkRun(object, file);
  const other = object.properties.find((property: Node) => property !== run);
  if (meta && other) file.fail(meta.start, "meta is ignored next to a default export with fields", moveThere);
  return { form: "declared", start: "default.run", meta: object };
}

const writeMeta = "Write export const meta = { … }.";
const moveThere = "Move its fields into the default export.";

interface Start {
  form: CommandForm;
  start: CommandStart;
  meta?: Node;
}

/** The form of `export async function run() {}`, or of a default export that is a function. */
function exportedFunction(file: ModuleFile): Start | undefined {
  const run = exportNamed("run", file.exports);
  if (run && run.declared !== "type" && !startsItself({ names: run.locals, value: run.value }, file)) {
    checkFunction(run.value, run.place, "run", file.fail);
    return { form: "run", start: "run" };
  }
  const main = exportNamed("default", file.exports);
  // A default export with several parameters is a helper: a command gets only one argument.
  if (!main?.value || !isFunction(main.value) || main.value.params.length > 1) return undefined;
  if (effectsOf(file.body).some(({ isCertain }) => isCertain)) return undefined;
  if (startsItself({ names: main.locals, value: main.value }, file)) return undefined;
  checkFunction(main.value, main.place, "the default export", file.fail);
  return { form: "run", start: "default" };
}

function checkRun(object: Node, { body, fail }: ModuleFile): void {
  const run = propertyNamed("run", object);
  if (run) checkFunction(followed(run.value, body), run, "run", fail);
  else fail(object.start, "the command has no run", "Write async run() { … } in it.");
}

function checkFunction(value: Node | undefined, place: Node, what: string, fail: Fail): void {
  if (value === undefined) return;
  if (value.generator)
    fail(place.start, `${what} is a generator function: calling it does nothing`, "Remove the *.");
  if (!/^(Literal|TemplateLiteral|ObjectExpression|ArrayExpression|Class\w+)$/.test(value.type)) return;
  fail(place.start, `${what} must be a function`, "Write export async function run() { … }.");
}

/** The form of a file without `run`: a script or a helper module. Fails for a file that has no effect. */
function withoutRun(
  { body, exports, fail }: ModuleFile,
  meta: { place: Node; object: Node } | undefined,
): Found {
  const main = exportNamed("default", exports);
  if (hasEffectsOnLoad(body)) {
    const isMade = /^(Call|New|Await)Expression$/.test(main?.value?.type ?? "");
    return { form: "script", start: isMade ? "made" : "nothing", meta: meta?.object };
  }
  if (main && main.value === undefined && main.declared !== "type") {
    fail(
      main.place.start,
      "the default export comes from another file",
      "Write export default command({ … }) here.",
    );
  }
  const hidden = body.find(
    ({ type, exported, exportKind }) => type === "ExportAllDeclaration" && !exported && exportKind !== "type",
  );
  if (hidden) fail(hidden.start, "laju cannot tell from export * whether this is a command", sayWhat);
  if (meta) fail(meta.place.start, "the file has metadata but nothing to run", writeRun);
  if (body.some(exportsSomething)) return { form: "helpers" };
  // A file that imports something without using it (`import work from "./_work"`) is a script: the import does the
  // work.
  if (hasUnusedImport(body)) return { form: "script", start: "nothing", meta: undefined };
  const idle = topLevel(body).findLast(({ type }) => type === "FunctionDeclaration");
  const reason = idle ? `: nothing calls ${idle.id.name}()` : "";
  return fail(idle?.start ?? 0, `this file does nothing when started${reason}`, writeRun);
}

function hasUnusedImport(body: Node[]): boolean {
  const isImport = ({ type }: Node) => type === "ImportDeclaration";
  const used = new Set(body.filter((node) => !isImport(node)).flatMap((node) => [...freeNames(node)]));
  return body.some(
    (node) =>
      isImport(node) &&
      node.importKind !== "type" &&
      node.specifiers.every(({ importKind, local }: Node) => importKind !== "type" && !used.has(local.name)),
  );
}

const sayWhat = 'Write export { run } from "…", or begin the name of a file that is not a command with "_".';

function exportsSomething({ type, declaration, specifiers }: Node): boolean {
  return (
    /^Export(Default|All)/.test(type) ||
    (type === "ExportNamedDeclaration" && (declaration || specifiers.length > 0))
  );
}
