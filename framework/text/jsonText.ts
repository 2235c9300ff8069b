import { escapedInJson } from "./printable";

interface JsonForm {
  indent?: number;
  replacer?: (key: string, value: unknown) => unknown;
}

/** The output of --json. Control characters are always escaped, so terminals and pipes get the same safe JSON. */
export function jsonText(value: unknown, { indent = 2, replacer }: JsonForm = {}): string {
  return escapedInJson(JSON.stringify(value, replacer, indent));
}
