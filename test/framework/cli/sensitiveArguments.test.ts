import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hideSensitive } from "../../../framework/cli/sensitiveArguments";
import { makeApp, type TestApp } from "../../support/apps/app";

const secret = 'tok-"SECRET"\\7';

const specs = {
  token: { type: "string", short: "t", sensitive: true, multiple: true },
  verbose: { type: "boolean", short: "v" },
  count: { type: "string" },
} as const;

test.each([
  [["--token=abc", "rest"], ["--token=***", "rest"], ["abc"]],
  [["--token", "abc", "--count", "3"], ["--token", "***", "--count", "3"], ["abc"]],
  [["-t", "abc"], ["-t", "***"], ["abc"]],
  [["-tabc"], ["-t***"], ["abc"]],
  [["-vtabc"], ["-vt***"], ["abc"]],
  [
    ["--token=a", "--token", "b"],
    ["--token=***", "--token", "***"],
    ["a", "b"],
  ],
  [["--tokn=abc"], ["--tokn=***"], ["abc"]],
  [["--", "--token=abc"], ["--", "--token=abc"], []],
  [["--token"], ["--token"], []],
])("%j is shown as %j", (argv, shown, secrets) => {
  expect(hideSensitive(argv, specs)).toEqual({ shown, secrets });
});

test("everything is shown if no option is sensitive", () => {
  const argv = ["--count=3", "--tokn=abc"];
  expect(hideSensitive(argv, { count: { type: "string" } })).toEqual({ shown: argv, secrets: [] });
});

describe("the value of a sensitive option", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({
      "commands/Signs.ts": `import { existsSync } from "node:fs";
        import { command } from "../app/console/command";
        import { logError, logInfo } from "../app/services/Logger";
        export default command({
          retries: 1, retryDelay: "1s",
          options: { token: { type: "string", sensitive: true, default: "none-at-all" }, wait: { type: "string" } },
          async run({ options: { token, wait } }) {
            console.log("with " + token);
            logInfo("Signing", { token });
            logError("cannot sign", new Error("bad " + token));
            while (wait !== undefined && !existsSync(wait)) await new Promise((resolve) => setTimeout(resolve, 20));
            if (token.length !== ${secret.length}) return "the token did not arrive";
            throw new Error("refused: " + token);
          },
        });`,
    });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  test("appears in no record, log, report or process list, and still reaches the command", async () => {
    const args = ["laju", "run", "Signs", "-p", `token=${secret}`, "-p", `wait=${join(app.root, "go")}`];
    const child = spawn(process.execPath, args, { cwd: app.root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    while (!output.includes("with ***")) await once(child.stdout, "data");
    const lines = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(commandLine);
    writeFileSync(join(app.root, "go"), "");
    const [status] = await once(child, "close");
    expect(lines.filter((line) => line.includes("Signs")).length).toBeGreaterThanOrEqual(2);
    expect(lines.filter((line) => line.includes("SECRET"))).toEqual([]);
    expect(status).toBe(1);
    await app.laju("report", "--html", "report.html");
    const seen = [
      ...[output, app.read("data/runs.journal"), app.read("report.html")],
      ...(await Promise.all([app.laju("runs", "show", "1"), app.laju("runs", "--json")])).map(
        ({ stdout }) => stdout,
      ),
      readFileSync(join(app.root, "data", "runs.sqlite3"), "latin1"),
      readFileSync(join(app.root, "data", "runs.sqlite3-wal"), "latin1"),
    ];
    expect(seen.filter((text) => text.includes("SECRET"))).toEqual([]);
    expect(output).toContain("refused: ***");
    expect(seen[3]).toContain("--token=***");
    // There are two: the first attempt and one retry.
    expect(output.match(/with \*\*\*/g)).toHaveLength(2);
  });

  test("disappears from the process list once a command given it on its command line has started", async () => {
    const args = ["commands/Signs.js", "--token", secret, "--wait", join(app.root, "never")];
    const child = spawn(process.execPath, args, {
      cwd: join(app.root, "build"),
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    const line = commandLine(`${child.pid}`);
    child.kill("SIGKILL");
    expect(line).toContain("commands/Signs.js --token *** --wait");
    expect(line).not.toContain("SECRET");
  });

  test("is shown nowhere if it is the option's default", async () => {
    const help = await app.run(["build/commands/Signs.js", "--help"]);
    const show = await app.laju("show", "Signs");
    for (const { stdout } of [help, show]) expect(stdout).toMatch(/--token <value> +\(has a default\)/);
    const json = (await app.laju("show", "Signs", "--json")).stdout;
    const ran = await app.run(["build/commands/Signs.js"], { env: { LAJU_ATTEMPT: "2 none" } });
    expect(ran.stdout).toContain("with ***");
    const seen = [help, show, ran].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    seen.push(json, app.read("build/commands.json"), app.read("data/runs.journal"));
    expect(seen.filter((text) => text.includes("none-at-all"))).toEqual([]);
    expect(JSON.parse(json).options.token).toMatchObject({ sensitive: true, default: "***" });
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // The process has exited in the meantime.
  }
}
