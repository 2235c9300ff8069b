import { describe, test } from "vitest";
import { expectIntactLines } from "../../support/virtual-cron/quotingChecks";
import { missingForVirtualCron } from "../../support/virtual-cron/virtualCron";

const missing = missingForVirtualCron();
const needs = missing.length > 0 ? ` (needs ${missing.join(", ")})` : "";
/**
 * By default a sample. For all lines: `LAJU_QUOTING_LINES=10000 npx vitest run --project daemon
 * test/e2e/schedule/quoting`.
 */
const lines = Number(process.env.LAJU_QUOTING_LINES ?? 500);
const count = (lines * 7).toLocaleString("en");

describe.skipIf(missing.length > 0 && !process.env.CI)(`the real cron daemon${needs}`, () => {
  test(`passes ${count} hostile paths and arguments unchanged`, { timeout: Infinity }, async () => {
    await expectIntactLines(11, lines);
  });
});
