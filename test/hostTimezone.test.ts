import { afterEach, expect, test, vi } from "vitest";
import { hostTimezone } from "../app/config/hostTimezone";

afterEach(() => vi.unstubAllEnvs());

test.each(["UTC", "Etc/UTC", "Europe/Berlin", "Asia/Kolkata", "GMT", "nonsense", "", ":UTC", undefined])(
  "with TZ=%s it is what Intl says",
  (name) => {
    vi.stubEnv("TZ", name);
    expect(hostTimezone()).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  },
);
