import { handlerOptions, meantOption } from "./handlerOptions";

export function handlerHint(name: string): string {
  return `Write export default job(${JSON.stringify(name)}, { async run({ data }) { … } }), or begin the name of a file without a handler with "_".`;
}

/** What to do about an unknown option of a handler. */
export function unknownOptionHint(name: string): string {
  const near = meantOption(name);
  return near === undefined ? handlerOptionsText : `Did you mean ${near}?`;
}

export const handlerOptionsText = `The fields of a handler are run, ${handlerOptions.join(", ")}.`;
