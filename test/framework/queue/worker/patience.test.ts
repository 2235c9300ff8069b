import { expect, test } from "vitest";
import { pm2KillTimeout } from "../../../../framework/config/launch";
import { patienceFor, patienceWarning } from "../../../../framework/queue/worker/patience";

test.each([
  [{}, undefined],
  [{ kill_timeout: "5000" }, undefined],
  [{ pm_id: "0" }, 1600],
  [{ pm_id: "0", kill_timeout: "0" }, 1600],
  [{ pm_id: "0", kill_timeout: "30000" }, 30_000],
  // pm2 kills the child processes of its processes too.
  [{ pm_pid_path: "/x.pid", kill_timeout: "3000" }, 3000],
])("with %o, pm2 kills after %o ms", (environment, expected) => {
  expect(pm2KillTimeout(environment)).toBe(expected);
});

test.each<[number | undefined, number | undefined, number, string]>([
  [undefined, undefined, 25_000, "default"],
  [undefined, 1600, 1200, "pm2 kills after 1600 ms"],
  [undefined, 30_000, 29_600, "pm2 kills after 30000 ms"],
  [undefined, 300, 0, "pm2 kills after 300 ms"],
  [5000, undefined, 5000, "--patience"],
  [1000, 1600, 1000, "--patience"],
])("--patience %o under a kill_timeout of %o is %i ms", (given, killTimeout, milliseconds, reason) => {
  // Passing undefined would select the default, which is read from the environment.
  const environment = killTimeout === undefined ? [] : [killTimeout];
  expect(patienceFor(given, ...environment)).toEqual({ milliseconds, reason });
  expect(patienceWarning(given, ...environment)).toBeUndefined();
});

test("warns if the patience is longer than pm2's kill timeout", () => {
  expect(patienceWarning(25_000, 1600)).toContain("start it with --kill-timeout 25400");
});
