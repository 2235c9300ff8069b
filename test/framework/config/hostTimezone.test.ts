import { readlinkSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { nameInPath, systemTimezone } from "../../../framework/config/hostTimezone";

afterEach(() => vi.unstubAllEnvs());

test.each(["UTC", "Europe/Berlin", "America/New_York", "nonsense", "", ":UTC", undefined])(
  "comes from /etc/localtime, even with TZ=%s",
  (name) => {
    vi.stubEnv("TZ", undefined);
    const expected = systemTimezone();
    vi.stubEnv("TZ", name);
    expect(systemTimezone()).toBe(expected);
    expect(nameInPath(readlinkSync("/etc/localtime"))?.replace("Etc/UTC", "UTC")).toBe(expected);
  },
);

test.each([
  ["/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
  ["../usr/share/zoneinfo/Etc/UTC", "Etc/UTC"],
  ["/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"],
  ["/etc/zone", undefined],
  ["", undefined],
])("for %j is %s", (path, name) => {
  expect(nameInPath(path)).toBe(name);
});
