import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { LajuError } from "../../../framework/config/errors";
import { jsonLine } from "../../../framework/services/log/logLine";
import { errorFields, plainValue } from "../../../framework/services/log/logValue";
import { prettyLine } from "../../../framework/services/log/prettyLine";
import { errorMessage, errorText } from "../../../framework/text/errorText";

const first = (text: string) => text.split("\n", 1)[0];

describe("the text of a thrown value", () => {
  test("contains an error's name, message, stack and causes", () => {
    const text = errorText(new TypeError("no data", { cause: new Error("refused", { cause: "the cable" }) }));
    expect(text).toMatch(/^TypeError: no data\n +at .*\n[\s\S]*\nCaused by: Error: refused\n +at /);
    expect(text).toMatch(/\nCaused by: threw the cable$/);
  });

  test("contains every error of an AggregateError, with its stack and causes", () => {
    const inner = [
      new Error("ops@x is refused", { cause: new Error("550") }),
      new RangeError("too long"),
      "text",
    ];
    const text = errorText(new AggregateError(inner, "2 mails failed"));
    expect(first(text)).toBe("AggregateError: 2 mails failed: ops@x is refused; too long; text");
    expect(text).toMatch(/\n {2}Error 1 of 3: Error: ops@x is refused\n +at /);
    expect(text).toMatch(/\n {2}Caused by: Error: 550\n +at /);
    expect(text).toMatch(/\n {2}Error 2 of 3: RangeError: too long\n +at /);
    expect(text).toMatch(/\n {2}Error 3 of 3: threw text$/);
  });

  test("says why no address of a host answered", () => {
    const inner = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}:9`));
    const refused = Object.assign(new AggregateError(inner), { code: "ECONNREFUSED" });
    const said = "connect ECONNREFUSED ::1:9; connect ECONNREFUSED 127.0.0.1:9";
    expect(errorMessage(refused)).toBe(said);
    expect(first(errorText(refused))).toBe(`AggregateError: ${said}`);
    expect(errorText(new TypeError("fetch failed", { cause: refused }))).toContain(
      `Caused by: AggregateError: ${said}`,
    );
  });

  test("counts the errors that don't fit in the first line", () => {
    const many = Array.from({ length: 300 }, (_, index) => new Error(`row ${index}`));
    const text = errorText(new AggregateError(many, "bad rows"), 20_000);
    expect(first(text)).toBe("AggregateError: bad rows: row 0; row 1; row 2; row 3; row 4; … 300 in all");
  });

  test("leaves plain records named `errors` alone", () => {
    const invalid = Object.assign(new Error("2 fields are wrong"), {
      errors: [{ path: "a" }, { path: "b" }],
    });
    expect(first(errorText(invalid))).toBe("Error: 2 fields are wrong");
  });

  test.each<[string, unknown, string]>([
    ["a plain object", { code: 42, inner: { a: [1] } }, "threw { code: 42, inner: { a: [ 1 ] } }"],
    ["an object that looks like an error", { message: "boom" }, "threw { message: 'boom' }"],
    ["a text", "no", "threw no"],
    ["an empty text", "", "threw an empty string"],
    ["undefined", undefined, "threw undefined"],
    ["null", null, "threw null"],
    ["a symbol", Symbol("why"), "threw Symbol(why)"],
    ["a bigint", 12n, "threw 12n"],
    [
      "an instance",
      new (class Refusal {
        reason = "full";
      })(),
      "threw Refusal { reason: 'full' }",
    ],
    ["an object without a prototype", Object.create(null), "threw [Object: null prototype] {}"],
  ])("shows %s", (_, thrown, text) => {
    expect(errorText(thrown)).toBe(text);
  });

  test("is a LajuError's message and hint, without a stack", () => {
    const error = new LajuError("no such thing", { code: "E_X", hint: "Look again." });
    expect(errorText(error)).toBe("no such thing\nLook again.");
  });

  test("contains the name once, and the current message", () => {
    const error = new Error("constraint failed");
    error.message = `insert into t - ${error.message}`;
    expect(errorText(error)).toMatch(/^Error: insert into t - constraint failed\n +at /);
    expect(first(errorText(new Error(String(new Error("boom")))))).toBe("Error: boom");
  });

  test("begins with the message even if the stack begins with a source line", () => {
    const error = new SyntaxError("Unexpected token");
    error.stack = `/srv/x.js:3\nlet let\n    ^^^\n\n${error.stack}`;
    expect(errorText(error)).toMatch(
      /^SyntaxError: Unexpected token\n\/srv\/x\.js:3\nlet let\n[\s\S]*\n +at /,
    );
  });

  test("handles errors from another realm", () => {
    expect(first(errorText(runInNewContext("new TypeError('far')")))).toBe("TypeError: far");
  });
});

const circular = new Error("round");
circular.cause = new Error("and round", { cause: circular });
const ownErrors = new AggregateError([], "self");
ownErrors.errors.push(ownErrors, new AggregateError([ownErrors], "deeper"));
const throwing = (target: object) =>
  new Proxy(target, {
    get() {
      throw new Error("trap");
    },
    getPrototypeOf() {
      throw new Error("trap");
    },
    ownKeys() {
      throw new Error("trap");
    },
    getOwnPropertyDescriptor() {
      throw new Error("trap");
    },
  });
const revoked = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const throwsOn = (...keys: string[]) => {
  const error = new Error("hidden");
  // V8 builds the stack when it is first read. To do so, it reads the name.
  void error.stack;
  for (const key of keys) {
    Object.defineProperty(error, key, {
      get() {
        throw revoked({});
      },
    });
  }
  return error;
};
class Endless extends Error {
  override get cause(): unknown {
    return new Endless("again");
  }
  get errors(): unknown[] {
    return [new Endless("in"), new Endless("in")];
  }
}

/**
 * Functions that create the values inside a test. If the values were in the table, the test runner would inspect them.
 */
const hostile: [string, () => unknown][] = [
  ["a cycle of causes", () => circular],
  ["errors that hold themselves", () => ownErrors],
  ["causes without end", () => new Endless("endless")],
  ["a proxy whose traps throw", () => throwing({})],
  ["an error's proxy whose traps throw", () => throwing(new Error("x"))],
  ["a revoked proxy", () => revoked({})],
  ["a revoked proxy of an array", () => revoked([])],
  ["a revoked proxy as a cause", () => new Error("x", { cause: revoked(new Error("y")) })],
  ["a revoked proxy as errors", () => Object.assign(new Error("x"), { errors: revoked([]) })],
  [
    "getters that throw",
    () => throwsOn("message", "stack", "name", "cause", "errors", "code", "hint", "toJSON"),
  ],
  ["a stack that is no text", () => Object.assign(new Error("x"), { stack: { frames: 1 } })],
  ["a message that is no text", () => Object.assign(new Error("x"), { message: Symbol("m"), name: 7 })],
  [
    "a tag that throws",
    () => ({
      get [Symbol.toStringTag]() {
        throw new Error("tag");
      },
    }),
  ],
  [
    "a toString that throws",
    () => ({
      toString() {
        throw new Error("no");
      },
      toJSON() {
        throw new Error("no");
      },
    }),
  ],
  ["a function", () => () => {}],
  ["a huge message", () => new Error("x".repeat(2_000_000))],
  ["a huge object", () => ({ text: "y".repeat(2_000_000), rows: Array.from({ length: 3_000 }, () => ({})) })],
];

describe("no thrown value can break", () => {
  test.each(hostile)("the text of it: %s", (_, make) => {
    const thrown = make();
    for (const longest of [100, 8_000]) {
      expect(errorText(thrown, longest).length).toBeLessThanOrEqual(longest);
      expect(errorMessage(thrown, longest).length).toBeLessThanOrEqual(longest);
    }
    expect(errorText(thrown)).not.toBe("");
  });

  test.each(hostile)("a log line: %s", (_, make) => {
    const thrown = make();
    const fields = typeof thrown === "function" ? {} : safeFields(thrown);
    const entry = { time: new Date(0), level: "error", message: thrown, run: undefined, meta: fields };
    expect(JSON.parse(jsonLine(entry))).toMatchObject({ level: "error", message: expect.any(String) });
    expect(prettyLine(entry, false)).toContain("ERROR");
    expect(() => plainValue(thrown)).not.toThrow();
  });
});

function safeFields(thrown: unknown): Record<string, unknown> {
  try {
    return thrown instanceof Error ? errorFields(thrown) : { error: thrown };
  } catch {
    return { error: thrown };
  }
}

test("characters that a database cannot store are replaced", () => {
  const text = errorText(new Error("a\0b \ud800 c 😀"));
  expect(first(text)).toBe("Error: a\ufffdb \ufffd c 😀");
  expect(errorText("😀".repeat(60), 100)).toMatch(/^threw (😀)+\ufffd?…$/u);
});
