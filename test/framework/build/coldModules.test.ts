import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const header = 'import { command } from "../app/console/command";\n';

describe("the second half of build/shared", () => {
  let app: TestApp;
  let cold: string;

  beforeAll(async () => {
    app = makeApp({
      "commands/Plain.ts": `${header}import { logInfo } from "../app/services/Logger";
export default command({ schedule: "0 8 * * *", timeout: "1h", retries: 2, run: () => logInfo("Done", { rows: 3 }) });`,
      "commands/Manual.ts": `${header}export default command({ run: () => console.log("Done") });`,
      "commands/Fails.ts": `${header}export default command({ run() { throw new Error("as intended"); } });`,
      "commands/Redeployed.ts": `${header}import { renameSync } from "node:fs";
export default command({ run() { renameSync("build/shared", "build/gone"); throw new Error("after a deploy"); } });`,
    });
    expect((await app.laju("build")).stderr).toBe("");
    mkdirSync(join(app.root, "logs"));
    const folder = join(app.root, "build/shared");
    const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
    const isCold = (file: string) =>
      !readFileSync(join(folder, file), "utf8").includes("const lajuColdFile =");
    cold = join(folder, files.find(isCold) as string);
  });
  beforeEach(() => rmSync(join(app.root, "data"), { recursive: true, force: true }));
  afterAll(() => app.remove());

  /** Starts the command as cron does, with an empty environment and its output in a log. */
  const start = (name: string) =>
    app.run(["-c", `"${process.execPath}" build/commands/${name}.js >> logs/${name}.log 2>&1`], {
      program: "/bin/sh",
    });

  test("is not needed by a successful run", async () => {
    await start("Plain");
    rmSync(join(app.root, "logs/Plain.log"));
    renameSync(cold, `${cold}.away`);
    try {
      expect((await start("Plain")).status).toBe(0);
      expect(app.read("logs/Plain.log")).toMatch(/"message":"Done","run":"\w+","rows":3\}\n$/);
      // A command without a schedule has no lock, so laju looks at its ancestors to see whether it has started itself.
      expect((await start("Manual")).status).toBe(0);
      expect(app.read("logs/Manual.log")).toBe("Done\n");
    } finally {
      renameSync(`${cold}.away`, cold);
    }
  });

  test("is available for a failing run, even if its build has been replaced meanwhile", async () => {
    expect((await start("Fails")).status).toBe(1);
    expect((await start("Redeployed")).status).toBe(1);
    renameSync(join(app.root, "build/gone"), join(app.root, "build/shared"));
    const { stdout } = await app.laju("runs", "--json");
    expect(JSON.parse(stdout)).toMatchObject([
      { name: "Redeployed", state: "failed", error: expect.stringContaining("after a deploy") },
      { name: "Fails", state: "failed", error: expect.stringContaining("as intended") },
    ]);
  });
});
