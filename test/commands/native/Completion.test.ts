import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { needs } from "../../support/servers/requirement";

const command = `
import { command } from "../app/console/command";
export default command({ description: "Mail: the daily one", tags: ["mail"], run() {} });
`;

describe("completion in a shell", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = makeApp({ "commands/SendMail.ts": command, "logs/.keep": "" });
    expect((await app.laju("build")).stderr).toBe("");
  });
  afterAll(() => app.remove());

  const bash = 'source <(node laju completion bash); PS1="> "';
  const zsh = 'autoload -U compinit; compinit -u -D; source <(node laju completion zsh); PS1="> "';
  const fish = "node laju completion fish | source";

  describe.each([
    ["bash", "bash --norc --noprofile -i", bash],
    ["zsh", "zsh -f -i", zsh],
    ["fish", "fish --no-config -i", fish],
  ])("%s", (shell, start, setUp) => {
    const need = needs(shell, "script");
    test.skipIf(need.skip)(`fills in verbs, options, names and paths${need.label}`, async () => {
      const terminal = openTerminal(start, app.root);
      try {
        terminal.type(`${setUp}; echo re""ady\n`);
        await terminal.shows("ready");
        for (const [typed, completed] of [
          ["node laju crontab:ins", "node laju crontab:install"],
          ["node laju runs --fai", "node laju runs --failed"],
          ["node laju show Send", "node laju show SendMail"],
          ["ls lo", "ls logs/"],
        ] as const) {
          terminal.type(`${typed}\t`);
          await terminal.shows(completed);
          terminal.type("\u0015"); // Ctrl-U, which clears the line.
        }
      } finally {
        terminal.close();
      }
    });
  });

  test("an unknown shell is a usage error", async () => {
    const { status, stderr } = await app.laju("completion", "tcsh");
    expect(stderr).toBe('✗ no completion for "tcsh"\n  Completion supports bash, zsh, fish.\n');
    expect(status).toBe(2);
  });
});

/** Starts a shell on a terminal of its own, with script(1). */
function openTerminal(start: string, cwd: string) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, TERM: "xterm", LANG: "C.UTF-8" };
  const child = spawn("script", ["-qefc", start, "/dev/null"], { cwd, env });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (screen += text));
  return {
    type: (keys: string) => child.stdin.write(keys),
    close: () => child.kill("SIGKILL"),
    /** Waits until a string appears in the output after the previous match. Ignores escape sequences. */
    async shows(text: string): Promise<void> {
      await expect.poll(() => withoutEscapes(screen), { timeout: 30_000 }).toContain(text);
      screen = "";
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
const escapes = /\u001b(?:\[[\d;?>=]*[A-Za-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9]|[=>])/g;

function withoutEscapes(text: string): string {
  return text.replace(escapes, "");
}
