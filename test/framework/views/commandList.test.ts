import { expect, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import type { CommandMeta } from "../../../framework/metadata/commandMeta";
import { commandFacts } from "../../../framework/metadata/manifest";
import {
  arrangedList,
  inListOrder,
  type ListRow,
  listRows,
  listText,
} from "../../../framework/views/commandList";

const symbols = { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" };
const terminal: Terminal = { paint: (_, text) => text, symbols, width: 80, isTerminal: false };
const clock = { now: new Date("2026-11-23T05:21:08Z"), hostTimezone: "UTC" };
const context = { ...clock, environment: "production", needsInstall: false };

function rowsOf(
  metas: Record<string, CommandMeta>,
  { next = 0, failed = [] as string[], isInstalled = (_: string) => true } = {},
): ListRow[] {
  const commands = Object.entries(metas).map(([name, meta]) => ({
    ...commandFacts(name, "declared", meta),
    overridden: [],
  }));
  const options = { next, environment: "production", isInstalled, failed: new Set(failed) };
  return listRows(commands, clock, options);
}

const metas: Record<string, CommandMeta> = {
  CleanupOldData: { schedule: "0 2 * * *", description: "Remove old sessions and tokens" },
  Nightly: { schedule: "0 1 * * *", environments: ["staging"] },
  Off: { schedule: "0 1 * * *", enabled: false },
  SyncOrders: { schedule: "*/15 * * * *" },
  Worker: { description: "Work off queued jobs" },
  "sync/UpdateExchangeRatesOfTheEuropeanBank": { schedule: "0 6 * * 1-5", description: "Rates" },
};

test("failures come first, and commands that never start here share one line", () => {
  const { shown, hidden } = arrangedList(rowsOf(metas, { failed: ["SyncOrders"] }), "failed", {
    environment: "production",
    isAskedFor: () => false,
  });
  expect(listText(shown, { ...context, hidden }, terminal)).toBe(`
✗ */15 * * * *    SyncOrders ...... next in 8m
  0    2 * * *    CleanupOldData .. next in 20h 38m   Remove old sessions and t…
  –               Worker                              Work off queued jobs
  0    6 * * 1-5  sync/UpdateExchangeRatesOfTheEuropeanBank .. next in 38m
  Not started here: Off (disabled); Nightly (only in staging)

  6 commands, 4 scheduled, 3 of them in "production" · UTC`);
});

test("many of these are counted, and shown on request", () => {
  const many = Object.fromEntries(
    Array.from({ length: 9 }, (_, at): [string, CommandMeta] => [
      `staging/Command${at}`,
      { schedule: "0 1 * * *", environments: ["staging"] },
    ]),
  );
  const rows = rowsOf({ A: {}, ...many });
  const arranged = (isAskedFor: (row: ListRow) => boolean) =>
    arrangedList(rows, "failed", { environment: "production", isAskedFor });
  const { shown, hidden } = arranged(() => false);
  expect(listText(shown, { ...context, hidden }, terminal)).toContain(
    "\n  Not started here: 9 only in staging (--all lists them)\n",
  );
  expect(arranged(({ name }) => name === "staging/Command3").shown.map(({ name }) => name)).toEqual([
    "A",
    "staging/Command3",
  ]);
  // If there are no other commands, the table shows these instead of a note about them.
  const alone = arrangedList(rowsOf(many), "failed", { environment: "production", isAskedFor: () => false });
  expect([alone.shown.length, alone.hidden.length]).toEqual([9, 0]);
});

test("--sort next orders by next start, and --sort name from A to Z", () => {
  const rows = rowsOf(metas, { failed: ["SyncOrders"] });
  const names = (order: "next" | "name") => inListOrder(rows, order).map(({ name }) => name);
  expect(names("next").slice(0, 3)).toEqual([
    "SyncOrders",
    "sync/UpdateExchangeRatesOfTheEuropeanBank",
    "CleanupOldData",
  ]);
  expect(names("name")[0]).toBe("CleanupOldData");
});

test("times within a minute show seconds", () => {
  const text = listText(rowsOf({ Often: { schedule: "*/20 * * * * *" } }, { next: 3 }), context, terminal);
  expect(text).toContain(
    "next in 12s\n      Mon 23 Nov 05:21:20\n      Mon 23 Nov 05:21:40\n      Mon 23 Nov 05:22:00\n",
  );
  expect(listText(rowsOf({ A: { schedule: "0 8 * * *" } }, { next: 1 }), context, terminal)).toContain(
    "\n      Mon 23 Nov 08:00\n",
  );
});

test("hides the path and login of a ping URL, also in JSON", () => {
  const [row, none] = rowsOf({ A: { ping: "https://me:pw@hc.example/SECRET?k=1" }, B: {} });
  expect([row?.ping, none?.ping]).toEqual(["https://hc.example/…", null]);
});
