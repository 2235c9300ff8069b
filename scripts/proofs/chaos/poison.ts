/*
 * Values that could break a database, a driver or a worker. Each may affect only its own job, which must end in some
 * state.
 */

const emoji = "\u{1F4A3}";

/** Values that a handler throws. */
export const poisonErrors: Record<string, () => unknown> = {
  "its own cause": () => {
    const error = new Error("around and around");
    error.cause = error;
    return error;
  },
  "a stack that throws": () =>
    Object.defineProperty(new Error("no stack"), "stack", {
      get() {
        throw new Error("no, really");
      },
    }),
  "a stack that is a list": () => Object.assign(new Error("listed"), { stack: ["one", "two"] }),
  "a message that is no text": () => Object.assign(new Error("x"), { message: { toString: null } }),
  "a proxy that refuses": () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new TypeError("not for you");
        },
        getPrototypeOf: () => {
          throw new TypeError("nor this");
        },
      },
    ),
  "a NUL": () => new Error("before\u0000after"),
  "half a character": () => new Error("before\ud83dafter"),
  "an emoji at every place where a text may be cut": () => new Error(emoji.repeat(20_000)),
  "five million characters": () => new Error("x".repeat(5_000_000)),
  nothing: () => undefined,
};

/** Values that a handler returns. */
export const poisonResults: Record<string, () => unknown> = {
  "a NUL": () => ({ text: "before\u0000after" }),
  "half a character": () => ({ text: "\udc00" }),
  "three million characters": () => "x".repeat(3_000_000),
  "a circle": () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    return circle;
  },
  "a BigInt": () => 1n,
  "a toJSON that throws": () => ({
    toJSON() {
      throw new Error("not as JSON");
    },
  }),
};

/** Values that a handler reports as progress. */
export const poisonProgress: Record<string, () => unknown> = {
  "a NUL": () => "before\u0000after",
  "half a character": () => ({ text: "\ud83d" }),
  "a hundred thousand characters": () => "x".repeat(100_000),
};

/** Values pushed as data. `push` must either store them exactly or reject them. */
export const poisonData: Record<string, unknown> = {
  "a NUL": "before\u0000after",
  "half a character": "\ud83d",
  "an emoji": emoji,
  "a number as text": "1e400",
  "a key of its own kind": { __proto__: null, constructor: 1, "": 2 },
  "two million characters": "y".repeat(2_000_000),
};

/** Whether a handler got the data that was pushed. */
export function sameAsPoison({
  poison,
  poisonData: got,
}: {
  poison?: string;
  poisonData?: unknown;
}): boolean {
  if (poison === undefined || got === undefined) return true;
  return JSON.stringify(got) === JSON.stringify(poisonData[poison]);
}
