import type { CommandForm } from "../commandMeta";
import { declaredObject, refuseCommonJs, refuseStrayCommands } from "./commandCall";
import { effectsOf, worksWhenLoaded } from "./effects";
import { exportedMeta, refuseHiddenMeta } from "./exportedMeta";
import { type Node, propertyNamed } from "./literal";
import { exportNamed, exportsOf, followed, type ModuleFile, topLevel } from "./moduleExports";
import { freeNames, isFunction } from "./names";
import type { Fail } from "./parseModule";
import { startsItself } from "./selfStart";

/** What a file in commands/ is, and where it says what about itself. */
export type Found =
  | { form: CommandForm; start: CommandStart; meta: Node | undefined }
  /** It only exports things for other files to use. */
  | { form: "helpers" };

/**
 * What starts the work: `command()` gave the default export; its `run`, an exported `run` or the default export itself is
 * called; or nothing has to be called, as in a script. Where a script's default export is what a call gave ("made"), only
 * the run can tell that it is none.
 */
export type CommandStart = "command" | "default.run" | "run" | "default" | "nothing" | "made";

/**
 * Tells what a file in commands/ is from its text. Whatever would do nothing when it is started, or has metadata that
 * nobody would read, fails with its place.
 */
export function formOf(body: Node[], fail: Fail): Found {
  const file = { body, fail, exports: exportsOf(body) };
  refuseCommonJs(file);
  const meta = exportedMeta(file);
  const declared = declaredObject(file);
  if (declared !== undefined) {
    checkRun(declared, file);
    if (meta !== undefined) fail(meta.place.start, "meta is not read beside command({ … })", moveMeta);
    return { form: "declared", start: "command", meta: declared };
  }
  refuseStrayCommands(file);
  refuseHiddenMeta(file, meta?.object);
  const start = plainObject(file, meta?.place) ?? exportedFunction(file);
  if (start?.form === "declared") return { ...start, meta: meta?.object ?? start.meta };
  return start ? { ...start, meta: meta?.object } : withoutRun(file, meta);
}

const moveMeta = "Write its fields into command({ … }).";
const writeRun =
  'Write export async function run() { … }; a file that is no command has a name that begins with "_".';

/** `export default { run, … }`: what command() would be given. */
function plainObject(file: ModuleFile, meta: Node | undefined): Start | undefined {
  const exported = exportNamed("default", file.exports);
  const object = exported?.value;
  if (exported === undefined || object?.type !== "ObjectExpression") return undefined;
  const run = propertyNamed("run", object);
  const schedule = propertyNamed("schedule", object);
  if (run === undefined) {
    if (schedule) file.fail(object.start, "the default export has a schedule, and no run", writeRun);
    return undefined;
  }
  const names = [...exported.locals, ...(run.value.type === "Identifier" ? [run.value.name] : [])];
  if (startsItself({ names, value: object }, file)) {
    if (schedule) file.fail(schedule.start, "the file starts itself, so that nobody reads this", writeMeta);
    return undefined;
  }
  checkRun(object, file);
  const other = object.properties.find((property: Node) => property !== run);
  if (meta && other)
    file.fail(meta.start, "meta is not read beside a default export that has fields", moveThere);
  return { form: "declared", start: "default.run", meta: object };
}

const writeMeta = "Write export const meta = { … }.";
const moveThere = "Write its fields into the default export.";

interface Start {
  form: CommandForm;
  start: CommandStart;
  meta?: Node;
}

/** `export async function run() {}`, or a function as the default export. */
function exportedFunction(file: ModuleFile): Start | undefined {
  const run = exportNamed("run", file.exports);
  if (run && run.declared !== "type" && !startsItself({ names: run.locals, value: run.value }, file)) {
    checkFunction(run.value, run.place, "run", file.fail);
    return { form: "run", start: "run" };
  }
  const main = exportNamed("default", file.exports);
  // A helper takes arguments of its own.
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
  if (value.generator) fail(place.start, `${what} is a generator: calling it does nothing`, "Remove the *.");
  if (!/^(Literal|TemplateLiteral|ObjectExpression|ArrayExpression|Class\w+)$/.test(value.type)) return;
  fail(place.start, `${what} must be a function`, "Write export async function run() { … }.");
}

/** A script, a module of helpers, or something that does nothing. */
function withoutRun(
  { body, exports, fail }: ModuleFile,
  meta: { place: Node; object: Node } | undefined,
): Found {
  const main = exportNamed("default", exports);
  if (worksWhenLoaded(body)) {
    const isMade = /^(Call|New|Await)Expression$/.test(main?.value?.type ?? "");
    return { form: "script", start: isMade ? "made" : "nothing", meta: meta?.object };
  }
  if (main && main.value === undefined && main.declared !== "type") {
    fail(
      main.place.start,
      "what this file exports by default is not in it",
      "Write export default command({ … }) here.",
    );
  }
  const hidden = body.find(
    ({ type, exported, exportKind }) => type === "ExportAllDeclaration" && !exported && exportKind !== "type",
  );
  if (hidden) fail(hidden.start, "export * does not say whether this is a command", sayWhat);
  if (meta) fail(meta.place.start, "there is metadata, and nothing to run", writeRun);
  if (body.some(exportsSomething)) return { form: "helpers" };
  // `import work from "./_work"`: nobody uses it, so it is there for what it does.
  if (hasUnusedImport(body)) return { form: "script", start: "nothing", meta: undefined };
  const idle = topLevel(body).findLast(({ type }) => type === "FunctionDeclaration");
  const reason = idle ? `: nothing calls ${idle.id.name}()` : "";
  return fail(idle?.start ?? 0, `this file does nothing when it is started${reason}`, writeRun);
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

const sayWhat = 'Write export { run } from "…"; a file that is no command has a name that begins with "_".';

function exportsSomething({ type, declaration, specifiers }: Node): boolean {
  return (
    /^Export(Default|All)/.test(type) ||
    (type === "ExportNamedDeclaration" && (declaration || specifiers.length > 0))
  );
}
