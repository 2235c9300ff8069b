import { escapedInJson } from "./printable";

interface JsonForm {
  indent?: number;
  replacer?: (key: string, value: unknown) => unknown;
}

/**
 * What a verb prints for --json. A terminal gets characters that it would act on as escapes, so the JSON is the same
 * there and in a pipe.
 */
export function jsonText(value: unknown, { indent = 2, replacer }: JsonForm = {}): string {
  return escapedInJson(JSON.stringify(value, replacer, indent));
}
