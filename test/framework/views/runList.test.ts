import { expect, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import { runDetails } from "../../../framework/views/runList";
import { someRun } from "../../support/run";

const terminal: Terminal = {
  paint: (_, text) => text,
  symbols: { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" },
  width: 80,
  isTerminal: false,
};

test.each([
  [120, "/srv/logs/A.log, bytes 40 to 120"],
  [null, "/srv/logs/A.log, from byte 40"],
])("the details of a run say where its output is in the log: to %s", (to, expected) => {
  const log = { file: "/srv/logs/A.log", from: 40, to, inode: 7 };
  expect(runDetails(someRun({ log }), terminal)).toContain(`  log        ${expected}`);
});
