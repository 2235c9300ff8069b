import { html as escaped, raw } from "hono/html";
import { printable } from "../text/printable";

/** Markup, as opposed to text that still has to be escaped. */
export interface Html {
  readonly isEscaped: true;
  toString(): string;
}

type Part = string | number | Html | undefined | null | false | readonly Part[];

/**
 * Builds markup. Every value is escaped unless it is markup itself. Invisible control characters are
 * replaced.
 */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return escaped(strings, ...values.map(shown)) as unknown as Html;
}

/** Markup that laju itself wrote and escaped, such as charts. */
export function markup(text: string): Html {
  return raw(text) as unknown as Html;
}

function shown(part: Part): unknown {
  if (typeof part === "string") return printable(part);
  return Array.isArray(part) ? part.map(shown) : part;
}
