import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { postJson, postText } from "../../app/runs/httpNotice";
import { type HttpServer, startHttp } from "../support/http";

describe("a receiver that sends elsewhere", () => {
  let first: HttpServer;
  let second: HttpServer;

  beforeAll(async () => {
    first = await startHttp();
    second = await startHttp();
  });
  beforeEach(() => {
    second.requests.length = 0;
  });
  afterAll(() => Promise.all([first.stop(), second.stop()]));

  test.each([301, 302, 303])(
    "with %i has not taken a notice: there it would come without its body",
    async (status) => {
      first.answer(status, { location: `${second.url}/login` });
      const host = new URL(second.url).host;
      await expect(postJson(`${first.url}/secret`, "{}")).rejects.toThrow(
        `${new URL(first.url).host} answered ${status} and names another address at ${host}: set that one`,
      );
      expect(second.requests).toEqual([]);
    },
  );

  test.each([307, 308])("with %i is followed, with the notice", async (status) => {
    first.answer(status, { location: `${second.url}/moved` });
    await postJson(first.url, '{"a":1}');
    const type = "application/json";
    expect(second.requests).toEqual([{ method: "POST", path: "/moved", type, body: '{"a":1}' }]);
  });

  test("and sends in a circle is given up", async () => {
    first.answer(308, { location: "/again" });
    await expect(postJson(first.url, "{}")).rejects.toThrow("answered 308");
  });

  test("gets pings there, as a GET is one as well", async () => {
    first.answer(302, { location: `${second.url}/ping` });
    await postText(first.url, "done");
    expect(second.requests).toMatchObject([{ method: "GET", path: "/ping" }]);
  });
});
