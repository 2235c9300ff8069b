/*
 * Values that could break a database, a driver or a worker. Each must affect only its own job, which has to finish in
 * some state.
 */

const emoji = "\u{1F4A3}";

/** Thrown by a handler. */
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

/** Returned by a handler. */
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

/** Reported as progress. */
export const poisonProgress: Record<string, () => unknown> = {
  "a NUL": () => "before\u0000after",
  "half a character": () => ({ text: "\ud83d" }),
  "a hundred thousand characters": () => "x".repeat(100_000),
};

/** Pushed as data: stored exactly, or rejected by `push`. */
export const poisonData: Record<string, unknown> = {
  "a NUL": "before\u0000after",
  "half a character": "\ud83d",
  "an emoji": emoji,
  "a number as text": "1e400",
  "a key of its own kind": { __proto__: null, constructor: 1, "": 2 },
  "two million characters": "y".repeat(2_000_000),
};

/** Whether a payload is the one that was pushed. */
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
