import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { postJson, postText } from "../../../../framework/runs/notices/httpNotice";
import { foreign } from "../../../support/foreign";
import { type HttpServer, startHttp } from "../../../support/servers/http";

let first: HttpServer;
let second: HttpServer;

beforeAll(async () => {
  first = await startHttp();
  second = await startHttp();
});
beforeEach(() => {
  first.requests.length = 0;
  second.requests.length = 0;
  first.answer(200);
});
afterAll(() => Promise.all([first.stop(), second.stop()]));

const hostOf = ({ url }: HttpServer) => new URL(url).host;
const thrownBy = (work: Promise<void>): Promise<Error> =>
  work.then(
    () => expect.unreachable("it was taken"),
    (error) => error,
  );

describe("a receiver that redirects", () => {
  test.each([301, 302, 303, 307, 308])("with %i to another origin is not followed", async (status) => {
    first.answer(status, { location: `${second.url}/login` });
    for (const post of [postJson, postText]) {
      await expect(post(`${first.url}/secret`, "{}")).rejects.toThrow(
        `${hostOf(first)} answered ${status} and redirected to ${second.url}: set that URL instead`,
      );
    }
    expect(second.requests).toEqual([]);
  });

  test.each([307, 308])(
    "with %i within its origin is followed, with the body and the login",
    async (status) => {
      first.answer(status, { location: "/moved" });
      await expect(postJson(first.url.replace("//", "//me:pw@"), '{"a":1}')).rejects.toThrow(
        `answered ${status} and redirected too often`,
      );
      expect(first.requests.slice(1)).toEqual(
        Array(3).fill({
          method: "POST",
          path: "/moved",
          type: "application/json",
          body: '{"a":1}',
          authorization: `Basic ${btoa("me:pw")}`,
        }),
      );
    },
  );

  test("with 302 within its origin counts as not delivered, because the body would be lost", async () => {
    first.answer(302, { location: "/login" });
    await expect(postJson(first.url, "{}")).rejects.toThrow("answered 302 and redirected to http");
    expect(first.requests).toHaveLength(1);
  });

  test("still receives pings, which are GET requests", async () => {
    first.answer(302, { location: "/ping" });
    await expect(postText(first.url, "done")).rejects.toThrow("redirected too often");
    expect(first.requests[1]).toMatchObject({ method: "GET", path: "/ping" });
  });

  test.each(["javascript:alert(1)", "file:///etc/passwd", "data:,x", "about:blank"])(
    "to %s counts as not delivered",
    async (location) => {
      first.answer(307, { location });
      const [scheme] = location.split(":");
      for (const post of [postJson, postText]) {
        await expect(post(first.url, "{}")).rejects.toThrow(
          `${hostOf(first)} answered 307 and redirected to ${scheme}:…, which is not a web address`,
        );
      }
    },
  );

  test("to an invalid URL counts as not delivered", async () => {
    first.answer(308, { location: "http://[" });
    await expect(postJson(first.url, "{}")).rejects.toThrow("answered 308 no");
  });
});

describe("a response", () => {
  test("that never ends is read up to 4 kB", async () => {
    let sent = 0;
    first.answer(
      400,
      {},
      (async function* () {
        for (; ; sent += 10_000) yield "x".repeat(10_000);
      })(),
    );
    const error = await thrownBy(postJson(first.url, "{}"));
    expect(error.message).toBe(`${hostOf(first)} answered 400 ${"x".repeat(200)}`);
    // More than the sockets of both sides can buffer.
    expect(sent).toBeLessThan(20_000_000);
  });

  test("does not put the path into the error", async () => {
    const path = "/services/T0SECRET/B%C3%BCSECRET?key=QUERYSECRET";
    first.answer(404, {}, `Cannot POST ${path} (T0SECRET, BüSECRET, QUERYSECRET)`);
    const { message } = await thrownBy(postJson(`${first.url}${path}`, "{}"));
    expect(message).toBe(`${hostOf(first)} answered 404 Cannot POST … (…, …, …)`);
  });
});

test("never sends the notification elsewhere, and the error is short and without secrets", async () => {
  const header = foreign.map((text) => text.replaceAll(/[^\t\x20-\x7e]/g, ""));
  const scheme = fc.constantFrom(
    "",
    "/",
    "//",
    `${second.url}/`,
    "http://a@b/",
    "javascript:",
    "file:",
    "\\\\",
  );
  const status = fc.constantFrom(301, 302, 303, 307, 308, 400, 404, 500);
  await fc.assert(
    fc.asyncProperty(status, scheme, header, foreign, async (code, start, rest, body) => {
      first.answer(code, { location: start + rest }, `${body} /SECRETPATH ${body}`);
      const { message } = await thrownBy(postJson(`${first.url}/SECRETPATH`, "{}"));
      expect(message).toMatch(/^[\w.:]+ (answered|: )/);
      expect(message.length).toBeLessThan(260);
      expect(message).not.toMatch(/SECRETPATH|\n/);
    }),
    { numRuns: 60 },
  );
  expect(second.requests).toEqual([]);
});

describe("a URL with a user and a password", () => {
  test("sends them in a header", async () => {
    await postJson(first.url.replace("//", "//ann%40x:p%20w%25@"), "{}");
    await postText(first.url.replace("//", "//only@"), "");
    expect(first.requests.map(({ authorization }) => authorization)).toEqual([
      `Basic ${btoa("ann@x:p w%")}`,
      `Basic ${btoa("only:")}`,
    ]);
  });

  test("redacts credentials echoed by the server", async () => {
    const login = Buffer.from("me:hunter2").toString("base64");
    first.answer(401, {}, `Basic ${login} is wrong: hunter2`);
    const error = await postJson(first.url.replace("//", "//me:hunter2@"), "{}").catch((one) => one);
    expect(error.message).toBe(`${hostOf(first)} answered 401 Basic … is wrong: …`);
  });

  test.each(["http://me:hunter2@127.0.0.1:9/SECRETPATH", "http://me:hunter2@[/SECRETPATH"])(
    "shows neither login nor path in errors: %s",
    async (url) => {
      const { message, stack, cause } = await thrownBy(postJson(url, "{}"));
      expect(`${message} ${stack} ${cause}`).not.toMatch(/hunter2|SECRETPATH/);
    },
  );
});
