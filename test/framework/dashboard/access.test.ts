import { describe, expect, test } from "vitest";
import { isKnownHost } from "../../../framework/dashboard/access/hosts";
import { Sessions } from "../../../framework/dashboard/access/session";
import { Tries } from "../../../framework/dashboard/access/tries";

describe("host names", () => {
  test.each([
    ["localhost:8787", "127.0.0.1", [], true],
    ["127.0.0.1", "127.0.0.1", [], true],
    ["[::1]:8787", "::1", [], true],
    ["10.0.0.5:8787", "::ffff:10.0.0.5", [], true],
    ["10.0.0.6:8787", "10.0.0.5", [], false],
    ["localhost", "10.0.0.5", [], false],
    ["ops.example.com", "127.0.0.1", ["ops.example.com"], true],
    ["OPS.example.com:443", "127.0.0.1", ["ops.example.com"], true],
    ["ops.example.com.evil.com", "127.0.0.1", ["ops.example.com"], false],
    ["localhost@evil.com", "127.0.0.1", [], false],
    ["", "127.0.0.1", [], false],
    [undefined, "127.0.0.1", [], false],
  ])("%s at %s, with %j listed, is accepted: %s", (host, localAddress, listed, isKnown) => {
    expect(isKnownHost({ host, localAddress }, listed)).toBe(isKnown);
  });
});

describe("wrong passwords", () => {
  const from = (address: string, knownBrowser?: string) => ({ address, knownBrowser });
  const failing = (tries: Tries, count: number, address: (tried: number) => string) => {
    for (let tried = 0; tried < count; tried++) tries.fail(from(address(tried)));
  };

  test("are limited per address for 15 minutes", () => {
    let now = 0;
    const tries = new Tries(() => now);
    failing(tries, 10, () => "10.0.0.1");
    expect(tries.waitMsOf(from("10.0.0.1"))).toBe(900_000);
    expect(tries.waitMsOf(from("::ffff:10.0.0.1"))).toBe(900_000);
    expect(tries.waitMsOf(from("10.0.0.2"))).toBe(0);
    now = 900_001;
    expect(tries.waitMsOf(from("10.0.0.1"))).toBe(0);
  });

  test("from one IPv6 network count together", () => {
    const tries = new Tries(() => 0);
    failing(tries, 10, (tried) => `2001:db8:1:2::${tried}`);
    expect(tries.waitMsOf(from("2001:db8:1:2:ffff::1"))).toBeGreaterThan(0);
    expect(tries.waitMsOf(from("2001:db8:1:3::1"))).toBe(0);
  });

  test("from many addresses, as with a forged X-Forwarded-For, are limited together", () => {
    const tries = new Tries(() => 0);
    failing(tries, 300, (tried) => `10.0.${tried >> 8}.${tried & 255}`);
    expect(tries.waitMsOf(from("10.9.9.9"))).toBe(900_000);
    failing(tries, 2_000, (tried) => `10.1.${tried >> 8}.${tried & 255}`);
    expect(tries.waitMsOf(from("10.9.9.9"))).toBe(900_000);
  });

  test("from unknown browsers don't lock out a browser that has signed in before, whose own tries are limited too", () => {
    const tries = new Tries(() => 0);
    failing(tries, 10, () => "127.0.0.1");
    expect(tries.waitMsOf(from("127.0.0.1"))).toBe(900_000);
    expect(tries.waitMsOf(from("127.0.0.1", "a"))).toBe(0);
    for (let tried = 0; tried < 10; tried++) tries.fail(from("127.0.0.1", "a"));
    expect(tries.waitMsOf(from("127.0.0.1", "a"))).toBe(900_000);
    expect(tries.waitMsOf(from("127.0.0.1", "b"))).toBe(0);
  });
});

describe("a session", () => {
  const key = Buffer.alloc(32, 1);

  test("lasts two weeks, and has its cookie renewed after a day", () => {
    let now = 0;
    const sessions = new Sessions(key, () => now);
    const cookie = sessions.cookieOf("Anna Müller");
    expect(sessions.read(cookie)).toMatchObject({ name: "Anna Müller", isAging: false });
    now = 2 * 86_400_000;
    expect(sessions.read(cookie)).toMatchObject({ isAging: true });
    now = 15 * 86_400_000;
    expect(sessions.read(cookie)).toBeUndefined();
  });

  test("is valid only if it is unmodified, signed with the same key, and not signed out", () => {
    const sessions = new Sessions(key);
    const cookie = sessions.cookieOf("anna");
    const [time, id, , signed] = cookie.split(".");
    const renamed = [time, id, Buffer.from("root").toString("base64url"), signed].join(".");
    expect(sessions.read(renamed)).toBeUndefined();
    expect(new Sessions(Buffer.alloc(32, 2)).read(cookie)).toBeUndefined();
    sessions.end(cookie);
    expect(sessions.read(cookie)).toBeUndefined();
  });
});
