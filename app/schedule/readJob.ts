import { literalValue, NotLiteral } from "./literal";
import { defaultExport, exportsName, importsFrom } from "./moduleExports";
import { type Fail, parseModule } from "./parseModule";
import { closest } from "./similar";

/**
 * Checks a handler's file: `export default job("its/own/name", …)`, or a plain `export function run`. Nothing is
 * executed. Throws a LajuError that begins with `file:line:column`.
 */
export function checkJob(text: string, file: string, name: string): void {
  const { body, fail } = parseModule(text, file);
  const exported = defaultExport(body);
  if (exported === undefined) {
    if (!exportsName(body, "run")) fail(0, "exports no handler", handlerHint(name));
    return;
  }
  // Made in another way: what it is shows when it is loaded.
  if (exported.type !== "CallExpression" || exported.callee.type !== "Identifier") return;
  if (!importsFrom(body, /(^|\/)queue\/job(\.[jt]s)?$/, "job", exported.callee.name)) return;
  const [argument] = exported.arguments;
  if (argument === undefined) fail(exported.start, "job() has no name", handlerHint(name));
  const declared = nameOf(argument, name, fail);
  if (declared === name) return;
  const right = `job(${JSON.stringify(name)}, …)`;
  const isNear = closest(String(declared), [name]) !== undefined;
  fail(
    argument.start,
    `job(${JSON.stringify(declared)}, …) is not named as its file`,
    isNear ? `Did you mean ${right}?` : `Write ${right}, or rename the file.`,
  );
}

function nameOf(argument: Parameters<typeof literalValue>[0], name: string, fail: Fail): unknown {
  try {
    return literalValue(argument);
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error;
    return fail(
      error.node.start,
      `a job's name must be a plain string, found ${error.what}`,
      handlerHint(name),
    );
  }
}

function handlerHint(name: string): string {
  return `Write export default job(${JSON.stringify(name)}, { async run({ data }) { … } }).`;
}
