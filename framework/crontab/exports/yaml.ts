export type YamlValue = string | number | boolean | YamlValue[] | { [key: string]: YamlValue };

/** Renders a value as YAML. Text that could be mistaken for another type is quoted as in JSON, which YAML accepts. */
export function yaml(value: YamlValue): string {
  return `${lines(value).join("\n")}\n`;
}

function lines(value: YamlValue): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => behind("- ", lines(item)));
  if (typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, item]) => entry(key, item));
  }
  return [scalar(value)];
}

function entry(key: string, value: YamlValue): string[] {
  const inner = lines(value);
  const isBlock = typeof value === "object" && (Array.isArray(value) ? value : Object.keys(value)).length > 0;
  return isBlock ? [`${text(key)}:`, ...inner.map((line) => `  ${line}`)] : [`${text(key)}: ${inner[0]}`];
}

function behind(mark: string, [first, ...more]: string[]): string[] {
  return [mark + first, ...more.map((line) => " ".repeat(mark.length) + line)];
}

function scalar(value: YamlValue): string {
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

/** Words that some version of YAML reads as a boolean, null or number. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function text(value: string): string {
  return /^[A-Za-z/][\w./-]*$/.test(value) && !reserved.test(value) ? value : quoted(value);
}

/** Characters that JSON leaves unescaped but YAML rejects or treats as line breaks. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Quotes the text, replacing lone surrogates: UTF-8 cannot encode them, and Kubernetes rejects them even as escapes.
 */
function quoted(value: string): string {
  const whole = value.replaceAll(/\p{Surrogate}/gu, "\ufffd");
  return JSON.stringify(whole).replace(
    unprintable,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
