import { html as escaped, raw } from "hono/html";
import { printable } from "../text/printable";

/** Markup, as opposed to a text that is not escaped yet. */
export interface Html {
  readonly isEscaped: true;
  toString(): string;
}

type Part = string | number | Html | undefined | null | false | readonly Part[];

/** Markup in which every value is text, unless it is markup itself. Characters that would act on a page are replaced. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return escaped(strings, ...values.map(shown)) as unknown as Html;
}

/** Markup that laju itself wrote and escaped: the charts. */
export function markup(text: string): Html {
  return raw(text) as unknown as Html;
}

function shown(part: Part): unknown {
  if (typeof part === "string") return printable(part);
  return Array.isArray(part) ? part.map(shown) : part;
}
