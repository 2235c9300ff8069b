import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { withLedger } from "../../support/ledger";

describe("runs:prune", () => {
  let app: TestApp;

  beforeAll(async () => {
    app = makeApp({ "commands/Once.ts": "process.exit(0);" });
    expect((await app.laju("build")).stderr).toBe("");
    for (let run = 0; run < 3; run += 1) await app.run(["build/commands/Once.js"]);
  });
  afterAll(() => app.remove());

  const ids = async () =>
    (JSON.parse((await app.laju("runs", "--json")).stdout) as { id: number }[]).map(({ id }) => id);

  test("keeps recent runs", async () => {
    const { status, stdout } = await app.laju("runs:prune", "--older-than", "1h");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^Deleted 0 runs that started before /),
    });
  });

  test("keeps the newest run of each command, whatever its age", async () => {
    expect((await app.laju("runs:prune", "--older-than", "0s", "--keep", "2")).stdout).toMatch(
      /^Deleted 1 run /,
    );
    expect(await ids()).toEqual([3, 2]);
    expect((await app.laju("runs:prune", "--older-than", "0s")).stdout).toMatch(/^Deleted 1 run /);
    expect(await ids()).toEqual([3]);
  });

  test("is not stopped by a run recorded while the clock was ahead", async () => {
    const old = Date.now() - 3_600_000;
    withLedger(`${app.root}/data`, (ledger) => {
      ledger.prepare("UPDATE runs SET started_at = ? WHERE id = 3").run(Date.now() + 86_400_000);
      const insert = ledger.prepare(
        `INSERT INTO runs (name, host, pid, args, started_at, state, has_lock) VALUES (?, 'h', 1, '[]', ?, 'succeeded', 0)`,
      );
      for (const name of ["Once", "Once", "Other", "Other"]) insert.run(name, old);
    });
    expect((await app.laju("runs:prune", "--older-than", "30m")).stdout).toMatch(/^Deleted 2 runs /);
  });

  test("rejects invalid arguments", async () => {
    expect(await app.laju("runs:prune", "--keep", "few")).toMatchObject({
      status: 2,
      stderr: "✗ --keep few is not a whole number\n  node laju runs:prune --help shows how to use it.\n",
    });
    expect((await app.laju("runs:prune", "--older-than", "30")).stderr).toContain('"30" is not a duration');
  });

  test.each(["status", "logs", "runs:prune", "doctor", "report"])(
    "%s --help says how it is used",
    async (verb) => {
      const { status, stdout } = await app.laju(verb, "--help");
      expect(status).toBe(0);
      expect(stdout).toContain(`node laju ${verb}`);
      expect(stdout).toMatch(/--\w+/);
    },
  );
});
