import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { bundledScript } from "../../support/apps/bundledScript";

const stopDates = "Date.prototype.toISOString = () => 'T';\n";
const imports = `import logger, { logInfo, logWarn, logError, logDebug, logHttp, logRequest, logResponse, logQuery, setRunId } from "../app/services/Logger";\n`;

let app: TestApp;
beforeAll(() => {
  app = makeApp();
});
afterAll(() => app.remove());

let scripts = 0;

/** Writes a script that imports the logger. Returns the arguments with which node runs it. */
async function script(body: string): Promise<string[]> {
  const file = `commands/Script${scripts++}.ts`;
  app.write(file, imports + stopDates + body);
  return [await bundledScript(app, file)];
}

/** Runs the script, and replaces the time in each line with the same text. */
async function run(body: string, env: NodeJS.ProcessEnv = {}) {
  const ended = await app.run(await script(body), { env });
  const timeless = (text: string) => text.replaceAll(/"timestamp":"[^"]*"/g, '"timestamp":"T"');
  return { ...ended, stdout: timeless(ended.stdout), stderr: timeless(ended.stderr) };
}
const lines = (text: string) => text.split("\n").filter(Boolean);
const parsed = (text: string) => lines(text).map((line) => JSON.parse(line));

describe("a line", () => {
  test("is one JSON object, on stderr for errors and on stdout otherwise", async () => {
    const ended = await run(`
      logInfo("Digest sent", { count: 2 });
      logWarn("Slow");
      logError("Failed", "no answer");
      logDebug("not shown at level info");
      logHttp("not shown either");`);
    expect(ended.stdout).toBe(
      '{"timestamp":"T","level":"info","message":"Digest sent","count":2}\n' +
        '{"timestamp":"T","level":"warn","message":"Slow"}\n',
    );
    expect(ended.stderr).toBe('{"timestamp":"T","level":"error","message":"Failed","error":"no answer"}\n');
  });

  test("has a timestamp in the format of toISOString", async () => {
    const before = new Date().toISOString();
    const { stdout } = await app.run(await script('logInfo("one");'));
    const { timestamp } = JSON.parse(stdout);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([before, timestamp, new Date().toISOString()].sort()[1]).toBe(timestamp);
  });

  test("keeps its own fields when the caller's have the same names", async () => {
    const meta = "{ level: 'x', message: 'm', timestamp: 1, run: 2, level_: 3 }";
    const { stdout } = await run(`logInfo("a", ${meta}); setRunId("r7"); logInfo("b", ${meta});`);
    expect(lines(stdout)).toEqual([
      '{"timestamp":"T","level":"info","message":"a","level__":"x","message_":"m","timestamp_":1,"run":2,"level_":3}',
      '{"timestamp":"T","level":"info","message":"b","run":"r7","level__":"x","message_":"m","timestamp_":1,"run_":2,"level_":3}',
    ]);
  });

  test("takes any value without throwing", async () => {
    const { stdout, status } = await run(`
      const circular: any = { name: "c" }; circular.self = { circular };
      const revoked = Proxy.revocable({}, {}); revoked.revoke();
      logInfo("values", { circular, big: 10n, when: new Date(0), never: new Date(NaN), nothing: undefined, empty: null,
        map: new Map([["k", new Set([1])]]), nan: NaN, call() {}, symbol: Symbol("s"), bytes: Buffer.from("abc"),
        pattern: /x/g, error: new TypeError("bad"), "__proto__x": 1, url: new URL("http://h/p") });
      logInfo("getter", { get broken() { throw new Error("no"); } });
      logInfo("deep getter", { inner: { get broken() { throw new Error("no"); } } });
      logInfo("revoked", { inner: revoked.proxy });
      logInfo("text", "only a text"); logInfo("list", [1, 2]); logInfo("null", null);
      logInfo(42 as any); logInfo({ a: 1 } as any); logInfo(undefined as any);`);
    const [values, getter, deep, revoked, text, list, nothing, number, object, none] = parsed(stdout);
    expect(status).toBe(0);
    expect(values).toMatchObject({
      circular: { name: "c", self: { circular: "[circular]" } },
      big: "10",
      when: "T",
      never: "Invalid Date",
      empty: null,
      map: { k: [1] },
      nan: "NaN",
      call: "[function call]",
      symbol: "Symbol(s)",
      bytes: "[Buffer, 3 bytes]",
      pattern: "/x/g",
      error: { name: "TypeError", message: "bad", stack: expect.stringContaining("TypeError: bad") },
      url: "http://h/p",
    });
    expect(values).not.toHaveProperty("nothing");
    expect(getter).toMatchObject({ message: "getter", meta: "[unreadable: no]" });
    expect(deep).toMatchObject({ inner: "[unreadable: no]" });
    expect(revoked.inner).toContain("[unreadable:");
    expect([text.meta, list.meta, nothing.meta]).toEqual(["only a text", [1, 2], undefined]);
    expect([number.message, object.message, none.message]).toEqual(["42", '{"a":1}', "undefined"]);
  });

  test("with a huge object graph is written quickly", async () => {
    const { stdout, status } = await run(`
      const nodes: any[] = Array.from({ length: 60 }, () => ({}));
      for (const node of nodes) node.all = nodes;
      const started = performance.now();
      logInfo("graph", { nodes });
      console.log(performance.now() - started < 1000);`);
    expect(status).toBe(0);
    expect(lines(stdout)[1]).toBe("true");
  });

  test("with an error has its message, code, stack and cause", async () => {
    const { stderr } = await run(`
      const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      logError("Sync failed", new Error("no data", { cause }), { itemId: 3, error: "mine" });
      logError("Item failed", { error: cause.message, itemId: 4 });
      logError(cause as any);
      logError("bare");`);
    const [first, second, third, bare] = parsed(stderr);
    expect(first).toMatchObject({
      message: "Sync failed",
      error: "no data",
      error_: "mine",
      itemId: 3,
      stack: expect.stringContaining("Error: no data"),
      cause: { message: "refused", code: "ECONNREFUSED", stack: expect.stringContaining("refused") },
    });
    expect(second).toEqual({
      timestamp: "T",
      level: "error",
      message: "Item failed",
      error: "refused",
      itemId: 4,
    });
    expect(third).toMatchObject({ message: "refused", code: "ECONNREFUSED", stack: expect.any(String) });
    expect(bare).toEqual({ timestamp: "T", level: "error", message: "bare" });
  });

  test("for people has colors only on a terminal", async () => {
    const { stdout } = await run('logInfo("Sent", { count: 2, to: "a b" });', { LOG_FORMAT: "pretty" });
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d INFO {2}Sent {2}count=2 {2}to="a b"\n$/);
  });

  test("for a request, response or query has Laju's format", async () => {
    const { stdout } = await run(
      `const request = { method: "GET", url: "/", ip: "::1", headers: { "user-agent": "curl" } };
       logRequest(request, { id: 1 }); logResponse(request, { statusCode: 200 }, 12); logQuery("select 1", 3);`,
      { LOG_LEVEL: "debug" },
    );
    expect(parsed(stdout)).toEqual([
      {
        timestamp: "T",
        level: "http",
        message: "HTTP Request",
        method: "GET",
        url: "/",
        ip: "::1",
        userAgent: "curl",
        id: 1,
      },
      {
        timestamp: "T",
        level: "http",
        message: "HTTP Response",
        method: "GET",
        url: "/",
        statusCode: 200,
        duration: "12ms",
        ip: "::1",
      },
      { timestamp: "T", level: "debug", message: "Database Query", query: "select 1", duration: "3ms" },
    ]);
  });

  test("is written even if the settings are invalid", async () => {
    const { stdout, status } = await run('logInfo("still here");', { LOG_LEVEL: "loud" });
    expect([stdout, status]).toEqual(['{"timestamp":"T","level":"info","message":"still here"}\n', 0]);
  });
});

describe("no line is lost", () => {
  const many = 20_000;

  test("when the process exits while a slow reader holds a full, non-blocking pipe", async () => {
    const body = `
      import { Socket } from "node:net";
      new Socket({ fd: 1, readable: false, writable: true }); // libuv makes the pipe non-blocking, so that a write can fail with EAGAIN.
      for (let i = 0; i < ${many}; i++) logInfo("line", { i });
      process.exit(0);`;
    expect(await readSlowly(await script(body))).toBe(many);
  });

  test("through winston, while another transport is stalled", async () => {
    const body = `
      import Transport from "winston-transport";
      class Stalled extends Transport { override log() {} }
      logger.add(new Stalled());
      for (let i = 0; i < ${many}; i++) i % 2 ? logInfo("line", { i }) : logger.info("line", { i });
      process.exit(0);`;
    expect(await readSlowly(await script(body))).toBe(many);
  });

  test("and a reader that has gone away is not an error", async () => {
    const child = spawn(
      process.execPath,
      await script('for (let i = 0; i < 20000; i++) logInfo("line"); process.exit(7);'),
      {
        cwd: app.root,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    child.stdout.once("data", () => child.stdout.destroy());
    const [status] = await once(child, "exit");
    expect(status).toBe(7);
  });

  /** Waits until the child is blocked because the pipe is full, then reads everything. Returns the number of lines. */
  async function readSlowly(args: string[]): Promise<number> {
    const child = spawn("sh", ["-c", '"$@" | { sleep 1; wc -l; }', "sh", process.execPath, ...args], {
      cwd: app.root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    await once(child, "close");
    return Number(output);
  }
});

describe("winston behind the default export", () => {
  test("writes the very same bytes", async () => {
    const { stdout, stderr } = await run(`
      const metas: any[] = [undefined, { a: 1 }, { timestamp: 1, run: 2 }, { d: new Date(0), m: new Map([[1, 2n]]) }, { e: { f: [null] } }];
      const all = () => { for (const meta of metas) { logInfo("same", meta); logWarn("same", meta); logError("same", { ...meta }); } };
      all();
      logger.transports.length;
      all();
      for (const meta of metas) { logger.info("same", meta); logger.warn("same", meta); logger.error("same", meta); }`);
    for (const text of [stdout, stderr]) {
      const all = lines(text);
      const third = all.length / 3;
      expect(third).toBe(text === stdout ? 10 : 5);
      expect(all.slice(third, 2 * third)).toEqual(all.slice(0, third));
      expect(all.slice(2 * third)).toEqual(all.slice(0, third));
    }
  });

  test("applies added transports, formats and levels to logInfo", async () => {
    const { stdout } = await run(`
      import winston from "winston";
      import Transport from "winston-transport";
      const seen: any[] = [];
      class Seen extends Transport { override log(info: any, done: () => void) { seen.push([info.level, info.message, info.n]); done(); } }
      logger.add(new Seen({ level: "debug" }));
      logger.level = "warn";
      logInfo("quiet", { n: 1 });
      logger.level = "debug";
      logDebug("loud", { n: 2 });
      logger.format = winston.format.printf((info) => "formatted " + info.message);
      logger.child({ n: 3 }).info("child");
      logger.clear();
      console.log(JSON.stringify(seen));`);
    expect(lines(stdout)).toEqual([
      '{"timestamp":"T","level":"debug","message":"loud","n":2}',
      "formatted child",
      '[["info","quiet",1],["debug","loud",2],["info","child",3]]',
    ]);
  });

  test("is not loaded by logInfo", async () => {
    const { stdout } = await run(`
      import { createRequire } from "node:module";
      logInfo("x", { error: new Error("e") });
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /winston|knex|ioredis/.test(file));
      console.log(loaded.length);`);
    expect(lines(stdout)[1]).toBe("0");
  });
});
