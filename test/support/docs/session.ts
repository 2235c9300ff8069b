import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { type Block, blocksOf, hiddenFiles, hiddenLines, type Page } from "./pages";

/**
 * Whether a test runs the page's examples in an app. It writes the page's files, and then runs the lines of `<!-- run:
 * … -->` and of `console` blocks in order.
 */
export function isPlayed({ text }: Page): boolean {
  return /^<!-- played by a test -->$/m.test(text);
}

/** A line that a page shows, with the output on the page and the actual output. */
export interface Played {
  line: string;
  expected: string;
  output: string;
}

interface Place {
  root: string;
  /** The folder in which programs are looked for first. */
  bin: string;
  env?: NodeJS.ProcessEnv;
}

/** Writes the page's files, runs its lines, and returns their output. In it, the app is in /srv/app on a server. */
export function play(page: Page, place: Place): Played[] {
  for (const { file, text } of hiddenFiles(page)) writeIn(place.root, file, text);
  const hidden = hiddenLines(page);
  return blocksOf(page).flatMap((block) => {
    while (hidden[0] !== undefined && hidden[0].line < block.line) run(hidden.shift()?.text ?? "", place);
    return playBlock(block, place);
  });
}

/** The page's text with the actual output of its command lines. */
export function rewritten(page: Page, played: readonly Played[]): string {
  let at = 0;
  return page.text.replaceAll(/^```console\n(\$ [\s\S]*?)^```$/gm, (_, block) => {
    const text = linesIn(block).map(({ line }) => `$ ${line}\n${spaced(played[at++]?.output ?? "")}`);
    return `\`\`\`console\n${text.join("").trimEnd()}\n\`\`\``;
  });
}

function playBlock(block: Block, place: Place): Played[] {
  if (block.file !== undefined) {
    writeIn(place.root, block.file, block.text);
    return [];
  }
  if (block.language !== "console") return [];
  return linesIn(block.text).map(({ line, expected }) => ({ line, expected, output: run(line, place) }));
}

function linesIn(text: string): { line: string; expected: string }[] {
  const [, ...typed] = `\n${text}`.split(/\n\$ /);
  return typed.map((part) => {
    const [line = "", ...output] = part.split("\n");
    return { line, expected: output.join("\n").trim() };
  });
}

function run(line: string, { root, bin, env }: Place): string {
  const { HOME, PATH } = process.env;
  // npx takes half a second to find a program in node_modules/.bin, and tsx starts a second Node, so run programs
  // directly.
  const direct = line.replaceAll(/^npx tsx /gm, "node --import tsx ").replace(/^npx /, "");
  const { stdout } = spawnSync("sh", ["-c", `{ ${direct}\n} 2>&1`], {
    cwd: root,
    encoding: "utf8",
    env: {
      HOME,
      LANG: "C.UTF-8",
      TZ: "UTC",
      LOG_FORMAT: "pretty",
      NO_COLOR: "1",
      PATH: `${bin}:${dirname(process.execPath)}:${join(root, "node_modules", ".bin")}:${PATH}`,
      ...env,
    },
  });
  return stdout
    .replaceAll(root, "/srv/app")
    .replaceAll(root.slice(1).replaceAll("/", "_"), "srv_app")
    .replaceAll(process.execPath, "/usr/bin/node")
    .replaceAll(/crontab of root/g, "crontab of deploy")
    .replaceAll(/"user": "root"/g, '"user": "deploy"')
    .replaceAll(/hash=[0-9a-f]{8}\b/g, "hash=65d3953e")
    .replaceAll(`host       ${hostname()},`, "host       web-1,")
    .trimEnd();
}

function writeIn(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** An output, followed by a blank line if another line is typed after it. */
function spaced(output: string): string {
  return output === "" ? "" : `${output}\n\n`;
}
