import { expect, test } from "vitest";
import { LajuError } from "../../../framework/config/errors";
import { bad, type Check, fine, warning } from "../../../framework/doctor/check";
import { runChecks } from "../../../framework/doctor/runChecks";
import { doctorText } from "../../../framework/doctor/text";

const terminal = {
  paint: (style: string, text: string) => (style === "dim" ? text : `${style}(${text})`),
  symbols: { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" },
  width: 60,
  isTerminal: false,
};

const checks: Check[] = [
  { name: "good", look: () => fine("as it should be") },
  { name: "so-so", look: () => warning("rather full", "Clear it.") },
  { name: "silent", look: () => new Promise(() => {}) },
  {
    name: "told",
    look: () => {
      throw new LajuError("it is gone", {
        code: "E_GONE",
        hint: "Bring it back, wherever it has gone to in the meantime.",
      });
    },
  },
  {
    name: "odd",
    look: async () => {
      throw new Error("EIO");
    },
  },
];

test("reports checks that don't answer or that throw", async () => {
  expect(doctorText(await runChecks(checks, 50), terminal)).toBe(`
  green(✓) good    as it should be
  yellow(↷) so-so   rather full
            Clear it.
  red(✗) silent  no answer within 0.05 s
            Check that the server is running and not
            overloaded.
  red(✗) told    it is gone
            Bring it back, wherever it has gone to in the
            meantime.
  yellow(↷) odd     could not be checked: EIO

  2 bad, 2 warnings, 1 fine`);
});

test("says so if everything is fine", async () => {
  expect(doctorText(await runChecks([{ name: "a", look: () => fine("b") }]), terminal)).toBe(
    "\n  green(✓) a  b\n\n  Everything is in order.",
  );
  expect(bad("x")).toEqual({ state: "bad", message: "x", cure: undefined });
});
