/** What a driver's error may say beside its message; mysql2's `sql` has the values in it. */
const texts = ["message", "sqlMessage", "detail", "where", "internalQuery"] as const;

type DriverError = Error & Partial<Record<(typeof texts)[number] | "sql", unknown>>;

/**
 * The error of a statement, without the values that were bound to it: it goes to logs, mails and chats. Servers repeat a
 * value in their own words, as in `Duplicate entry 'ann@x.org' for key 'email'`; it becomes `…` there.
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
  // V8 wrote the message into the stack when the error was made. A path among the frames isn't a value.
  if (message !== "" && error.stack) error.stack = error.stack.replace(message, () => error.message);
  return error;
}

/** Shorter ones could be anything; they are hidden where they stand in quotes or brackets. */
const shortestAlone = 4;

function hide(text: string, values: string[]): string {
  if (values.length === 0) return text;
  const long = values.filter((value) => value.length >= shortestAlone).sort((a, b) => b.length - a.length);
  const hidden = long.reduce(
    (now, value) => now.replaceAll(value, "…").replaceAll(escaped(value), "…"),
    // Of these the server shows what it likes: a whole row, and the rest of a statement with its values.
    text
      .replace(/^(Failing row contains \().*\)/s, "$1…)")
      .replace(/ near '.*' at line /s, " near '…' at line "),
  );
  const isValue = (part: string) =>
    values.some((value) => value === part || (part.length >= shortestAlone && value.startsWith(part)));
  return hidden.replace(/'([^']*)'|"([^"]*)"|\(([^()]*)\)/g, (whole, ...parts) => {
    const part = parts.slice(0, 3).find((one) => one !== undefined);
    return part !== undefined && isValue(part.replace(/\.\.\.$/, "")) ? `${whole[0]}…${whole.at(-1)}` : whole;
  });
}

/** As mysql2 writes it into a statement. */
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

/** Whether a statement failed because its table is not there: in SQLite's, PostgreSQL's and MySQL's words. */
export function isMissingTable({ code, message }: { code?: string; message?: string }): boolean {
  return code === "42P01" || code === "ER_NO_SUCH_TABLE" || /no such table: /.test(message ?? "");
}
