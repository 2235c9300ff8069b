/**
 * The string properties of a driver's error that may contain bound values. So does mysql2's `sql`, which is handled
 * separately.
 */
const texts = ["message", "sqlMessage", "detail", "where", "internalQuery"] as const;

type DriverError = Error & Partial<Record<(typeof texts)[number] | "sql", unknown>>;

/**
 * Replaces bound values in a statement's error with `…`, because errors go to logs, mails and chats. Servers repeat
 * values in their messages, as in `Duplicate entry 'ann@x.org' for key 'email'`.
 */
export function withoutValues(error: unknown, sql: string, bindings: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const values = valuesIn(bindings).filter((value) => value !== "" && !sql.includes(value));
  const driverError: DriverError = error;
  const { message } = error;
  for (const name of texts) {
    const text = driverError[name];
    if (typeof text === "string") driverError[name] = hide(text, values);
  }
  if (typeof driverError.sql === "string") driverError.sql = sql;
  // V8 copied the message into the stack. Replace only that copy, because paths in the frames are not values.
  if (message !== "" && error.stack) error.stack = error.stack.replace(message, () => error.message);
  return error;
}

/**
 * The minimum length of a value that is hidden anywhere in the text. A shorter one could match any part of the text, so
 * it is hidden only in quotes or parentheses.
 */
const shortestUnquoted = 4;

function hide(text: string, values: string[]): string {
  if (values.length === 0) return text;
  const long = values.filter((value) => value.length >= shortestUnquoted).sort((a, b) => b.length - a.length);
  const hidden = long.reduce(
    (now, value) => now.replaceAll(value, "…").replaceAll(escaped(value), "…"),
    // These messages contain more than bound values: for example a whole row, or the rest of the statement.
    text
      .replace(/^(Failing row contains \().*\)/s, "$1…)")
      .replace(/ near '.*' at line /s, " near '…' at line "),
  );
  const isValue = (part: string) =>
    values.some((value) => value === part || (part.length >= shortestUnquoted && value.startsWith(part)));
  return hidden.replace(/'([^']*)'|"([^"]*)"|\(([^()]*)\)/g, (whole, ...parts) => {
    const part = parts.slice(0, 3).find((one) => one !== undefined);
    return part !== undefined && isValue(part.replace(/\.\.\.$/, "")) ? `${whole[0]}…${whole.at(-1)}` : whole;
  });
}

/** Escapes a value the way mysql2 does in a statement. */
function escaped(value: string): string {
  return value.replaceAll(/['"\\]/g, "\\$&").replaceAll("\n", "\\n");
}

function valuesIn(bindings: unknown): string[] {
  if (typeof bindings === "string") return [bindings];
  if (typeof bindings === "number" || typeof bindings === "bigint") return [String(bindings)];
  if (Buffer.isBuffer(bindings)) return [bindings.toString()];
  if (Array.isArray(bindings)) return bindings.flatMap(valuesIn);
  if (bindings instanceof Date || typeof bindings !== "object" || bindings === null) return [];
  return [JSON.stringify(bindings), ...Object.values(bindings).flatMap(valuesIn)];
}

/**
 * Adds a hint to the error of a statement whose table or column doesn't exist, usually because its migration has not
 * run. The log, the console and test runners print the hint.
 */
export function withMigrationHint(error: unknown): unknown {
  if (!(error instanceof Error) || !(isMissingTable(error) || isMissingColumn(error))) return error;
  return Object.assign(error, { hint: "If a migration creates it, run node laju migrate." });
}

function isMissingColumn({ code, message }: Error & { code?: string }): boolean {
  return code === "42703" || code === "ER_BAD_FIELD_ERROR" || /no such column: |has no column /.test(message);
}

/** Whether a statement failed because its table doesn't exist, in SQLite, PostgreSQL or MySQL. */
export function isMissingTable({ code, message }: { code?: string; message?: string }): boolean {
  return code === "42P01" || code === "ER_NO_SUCH_TABLE" || /no such table: /.test(message ?? "");
}
