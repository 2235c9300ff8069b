import { handlerOptions } from "./handlerOptions";

export function handlerHint(name: string): string {
  return `Write export default job(${JSON.stringify(name)}, { async run({ data }) { … } }), or begin the name of a file without a handler with _.`;
}

export const handlerOptionsText = `A handler has run, ${handlerOptions.join(", ")}.`;
