import { expect, test } from "vitest";
import { killAtRandom, killedCommands } from "../../../../scripts/proofs/killing";
import { makeApp } from "../../../support/apps/app";

// scripts/proofs/kills.ts does this with a thousand kills.
test("kill -9 at any moment leaves an intact ledger, no open run and no lock", async () => {
  const app = makeApp(killedCommands);
  try {
    expect((await app.laju("build")).stderr).toBe("");
    const laju = async (args: string[]) => (await app.laju(...args)).stdout;
    const options = { kills: 24, every: 4, random: Math.random };
    const { refused, states, integrity } = await killAtRandom({ root: app.root, laju }, options);
    expect({ refused, integrity, running: states.running ?? 0, skipped: states.skipped ?? 0 }).toEqual({
      refused: 0,
      integrity: "ok",
      running: 0,
      skipped: 0,
    });
  } finally {
    app.remove();
  }
});
