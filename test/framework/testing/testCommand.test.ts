import { existsSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { paths } from "../../../framework/config/config";
import DB from "../../../framework/services/DB";
import { logDebug, logError, logInfo } from "../../../framework/services/Logger";
import Mailer from "../../../framework/services/Mailer";
import Redis from "../../../framework/services/Redis";
import SQLite from "../../../framework/services/SQLite";
import { command } from "../../../framework/start/command";
import { fixClock, freshApp, testCommand } from "../../../framework/testing/testing";

const day = 86_400_000;

const remind = command({
  description: "Remind customers",
  options: {
    days: { type: "string", default: "30" },
    dry: { type: "boolean", default: false },
    to: { type: "string", multiple: true },
  },
  async run({ options, args, run }) {
    const before = Date.now() - Number(options.days) * day;
    const due = await DB("customers").where("seen_at", "<", before).orderBy("id");
    if (!options.dry) {
      for (const { email } of due)
        await Mailer.send({ to: email, subject: "Come back", html: "<p>It is <b>late</b></p>" });
    }
    logInfo("Reminders", { args, to: options.to ?? null, startedAt: run.startedAt });
    return `Reminded ${due.length} customers`;
  },
});

beforeEach(async () => {
  await DB.schema.createTable("customers", (table) => {
    table.increments();
    table.string("email");
    table.integer("seen_at");
  });
  await DB("customers").insert([
    { email: "ada@example.com", seen_at: Date.now() - 10 * day },
    { email: "bob@example.com", seen_at: Date.now() - 60 * day },
  ]);
});

describe("testCommand", () => {
  test("parses options as on the command line, and captures rendered mails", async () => {
    const run = await testCommand(remind, { options: { days: "7" } });
    expect(run).toMatchObject({ exitStatus: 0, message: "Reminded 2 customers" });
    expect(run.mails.map(({ to }) => to)).toEqual(["ada@example.com", "bob@example.com"]);
    expect(run.mails[0]).toMatchObject({
      from: "laju@localhost",
      subject: "Come back",
      text: "It is late",
      html: "<p>It is <b>late</b></p>",
      recipients: ["ada@example.com"],
      source: expect.stringMatching(/^From: laju@localhost\r\nTo: ada@example\.com\r\n/),
    });
    expect(run.logs.at(-1)).toEqual({ level: "info", message: "Reminded 2 customers" });
    expect(run.stdout).toContain('"message":"Reminded 2 customers"');
  });

  test("accepts numbers, lists, switches and words", async () => {
    const run = await testCommand(remind, {
      options: { days: 30, dry: true, to: ["a", "b"] },
      args: ["-x", 5],
    });
    expect(run.mails).toEqual([]);
    expect(run).toMatchObject({ exitStatus: 0, message: "Reminded 1 customers" });
    expect(run.logs[0]).toMatchObject({ message: "Reminders", args: ["-x", "5"], to: ["a", "b"] });
    expect(await testCommand(remind, { options: { dry: false } })).toMatchObject({ mails: [{}] });
  });

  test.each<[string[], string]>([
    [["--dayz", "7"], "unknown option --dayz"],
    [["--days"], "option --days needs a value"],
    [["--dry=yes"], "Option '--dry' does not take an argument"],
  ])("refuses %j with status 2", async (argv, message) => {
    const run = await testCommand(remind, { argv });
    expect(run).toMatchObject({ exitStatus: 2, mails: [], error: { message } });
    expect(run.stderr).toContain(`Command: ${message}\n`);
  });

  test("answers --help", async () => {
    const run = await testCommand(remind, { argv: ["--help"], name: "Remind" });
    expect(run).toMatchObject({
      exitStatus: 0,
      stdout: expect.stringMatching(/^Remind {2}Remind customers\n/),
    });
  });

  test("fails if the command throws, with the error in the log", async () => {
    const cause = new TypeError("no price");
    const run = await testCommand(() => Promise.reject(cause), { name: "Prices" });
    expect(run).toMatchObject({ exitStatus: 1, error: cause, message: undefined });
    expect(run.logs).toMatchObject([{ level: "error", message: "Prices failed", error: "no price" }]);
    expect(
      (
        await testCommand(() => {
          throw "a text";
        })
      ).error,
    ).toMatchObject({ message: "a text" });
  });

  test("fails if the counts include failures", async () => {
    const run = await testCommand({ run: () => ({ processed: 3, failed: 1 }) });
    expect(run).toMatchObject({ exitStatus: 1, processed: 3, failed: 1, message: "3 processed, 1 failed" });
  });

  test("ignores everything after process.exit", async () => {
    const run = await testCommand(async () => {
      try {
        logInfo("before");
        process.exit(3);
      } catch {
        process.exit(1);
      } finally {
        logInfo("after");
      }
    });
    expect(run).toMatchObject({ exitStatus: 3, error: undefined, logs: [{ message: "before" }] });
    const coded = await testCommand(() => {
      process.exitCode = 4;
    });
    expect(coded.exitStatus).toBe(4);
    expect(process.exitCode).toBeUndefined();
  });

  test("ends at the time limit, immediately or after cleanup", async () => {
    const stuck = await testCommand({ timeout: "20ms", run: () => new Promise(() => {}) });
    expect(stuck).toMatchObject({
      exitStatus: 124,
      isTimedOut: true,
      error: { message: "Command timed out after 0.02 s" },
    });
    const tidy = await testCommand(
      async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        logInfo("tidied up");
        return "Half of it";
      },
      { timeout: "20ms" },
    );
    expect(tidy).toMatchObject({
      exitStatus: 124,
      message: "Half of it",
      logs: [{ message: "tidied up" }, {}],
    });
  });

  test("has timed out if it blocked the event loop longer than its time limit", async () => {
    const busy = () => {
      for (const end = performance.now() + 30; performance.now() < end; );
      logInfo("done");
    };
    const expected = {
      exitStatus: 124,
      isTimedOut: true,
      error: { message: "Command timed out after 0.02 s" },
      logs: [{ message: "done" }],
    };
    expect(await testCommand(busy, { timeout: "20ms" })).toMatchObject(expected);
    const exits = () => {
      busy();
      process.exit(0);
    };
    expect(await testCommand(exits, { timeout: "20ms", now: 0 })).toMatchObject(expected);
    expect(await testCommand(busy, { timeout: "1m" })).toMatchObject({ exitStatus: 0, isTimedOut: false });
  });

  test("can be stopped as by SIGTERM", async () => {
    const run = await testCommand(() => new Promise(() => {}), { signal: AbortSignal.timeout(10) });
    expect(run).toMatchObject({ exitStatus: 143, isTimedOut: false });
  });

  test("stops only the command's clock", async () => {
    const before = Date.now();
    const run = await testCommand(remind, { now: "2020-01-01T00:00:00Z" });
    expect(run.message).toBe("Reminded 0 customers");
    expect(run.logs[0]).toMatchObject({ startedAt: "2020-01-01T00:00:00.000Z" });
    expect(Date.now()).toBeGreaterThanOrEqual(before);
    fixClock(new Date(0));
    expect([Date.now(), new Date().toISOString(), new Date(5).getTime(), new Date() instanceof Date]).toEqual(
      [0, "1970-01-01T00:00:00.000Z", 5, true],
    );
  });

  test("keeps the output of concurrent commands apart", async () => {
    const says = (text: string) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      console.log("%s!", text);
      console.error(text);
      process.stdout.write(`${text}?`);
      logError("Broken", new Error(text));
      logDebug("unseen");
    };
    const [one, two] = await Promise.all([testCommand(says("one")), testCommand(says("two"))]);
    expect(one).toMatchObject({
      stdout: "one!\none?",
      logs: [{ level: "error", message: "Broken", error: "one" }],
    });
    expect(two.stdout).toBe("two!\ntwo?");
    expect(two.stderr).toMatch(/^two\n\{/);
  });
});

describe("a test that doesn't wait for its command", () => {
  const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  const never = () => new Promise<void>(() => {});

  test.fails("fails", () => {
    void testCommand(soon);
  });

  test("is named with the line of the call", async () => {
    void testCommand(soon, { name: "Soon" });
    const error = await freshApp().catch((thrown) => thrown);
    expect(error.message).toBe("testCommand(Soon) was still running when its test ended");
    expect(error.stack).toMatch(/testCommand\.test\.ts:\d+/);
    await freshApp();
  });

  test("leaves the next one its clock and fetch", async () => {
    const { Date: realDate, fetch: realFetch } = globalThis;
    let signal: AbortSignal | undefined;
    const listens = ({ signal: own }: { signal: AbortSignal }) => {
      signal = own;
      return never();
    };
    const first = testCommand(listens, { now: 0, fetch: () => Response.json(1) });
    const second = testCommand(soon, { now: 1, fetch: () => Response.json(2) });
    await second;
    expect(Date.now()).toBe(0);
    expect(await (await fetch("http://example.com")).json()).toBe(1);
    await expect(freshApp()).rejects.toThrow("testCommand(listens) was still running");
    expect([globalThis.Date, globalThis.fetch]).toEqual([realDate, realFetch]);
    expect(signal?.aborted).toBe(true);
    expect(await first).toMatchObject({ exitStatus: 143 });
  });
});

describe("a command's request", () => {
  const rates = async () => {
    const response = await fetch("https://api.example.com/rates?day=1", { headers: { "x-key": "k" } });
    return `${response.status} ${(await response.json()).eur}`;
  };

  test("is answered by the test", async () => {
    const seen: Request[] = [];
    const run = await testCommand(rates, {
      fetch: (request) => {
        seen.push(request);
        return Response.json({ eur: 1.5 }, { status: 201 });
      },
    });
    expect(run.message).toBe("201 1.5");
    expect(seen.map(({ url, headers }) => [url, headers.get("x-key")])).toEqual([
      ["https://api.example.com/rates?day=1", "k"],
    ]);
  });

  test("is answered by the test's replacement for fetch", async () => {
    const stub = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ eur: 2 }));
    expect((await testCommand(rates)).message).toBe("200 2");
    stub.mockRestore();
  });

  test("never reaches another machine by default", async () => {
    const run = await testCommand(rates);
    expect(run).toMatchObject({ exitStatus: 1, error: { code: "E_TEST_FETCH" } });
    expect(run.error?.message).toBe(
      "the code under test requested https://api.example.com/rates, but the test has no stub for it",
    );
  });
});

describe("each test", () => {
  test.each([1, 2])("has a fresh database (%i)", async () => {
    expect(await DB("customers").count("* as n").first()).toEqual({ n: 2 });
    await DB("customers").insert({ email: "carl@example.com" });
    SQLite.run("insert into customers (email) values ('dora@example.com')");
    expect(await DB("jobs").count("* as n").first()).toEqual({ n: 0 });
    await DB.connection("production").schema.createTable("other", (table) => table.increments());
    await testCommand(remind, { options: { days: 1 } });
    expect(existsSync(`${paths.data}/outbox`)).toBe(true);
  });

  test("is not blocked by a transaction that another test left open", async () => {
    const trx = await DB.transaction();
    await trx("customers").delete();
    void trx;
  });

  test("works after a command closed the database", async () => {
    await testCommand(async () => {
      await DB.destroy();
    });
    expect(await DB("customers").count("* as n").first()).toEqual({ n: 2 });
  });

  test("has no Redis unless one is set for tests", async () => {
    const run = await testCommand(async () => `${await Redis.get("a")}`);
    expect(run).toMatchObject({ exitStatus: 1, error: { code: "E_REDIS_TEST" } });
    await expect(Redis.multi().set("a", 1).exec()).rejects.toMatchObject({ code: "E_REDIS_TEST" });
  });
});

describe("a command of another form", () => {
  test("is a function, or a module with one and its metadata", async () => {
    expect(await testCommand(() => "Done")).toMatchObject({ message: "Done" });
    const meta = { options: { days: { type: "string", default: "3" } } } as const;
    const run = ({ options }: { options: { days: string } }) => options.days;
    expect(await testCommand({ meta, run }, { options: { days: "4" } })).toMatchObject({ message: "4" });
    expect(await testCommand({ meta, default: run }, {})).toMatchObject({ message: "3" });
    expect(await testCommand({ meta, run }, { argv: ["--day=4"] })).toMatchObject({ exitStatus: 2 });
  });

  test("is rejected with a clear message if it can't be tested this way", async () => {
    await expect(testCommand(() => "Done", { options: { days: 7 } })).rejects.toThrow(
      "a function alone doesn't say which options its command takes",
    );
    await expect(testCommand({ meta: {} })).rejects.toThrow(
      "this is not a command that can be tested here: it has no run",
    );
    await expect(testCommand("NoSuchCommand")).rejects.toThrow("there is no command NoSuchCommand");
    await expect(testCommand(remind, { argv: [], options: { days: 1 } })).rejects.toThrow(
      "testCommand got argv and also options or args",
    );
  });
});
