import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Block, blocksOf, hiddenFiles, type Page } from "./pages";

/** Pages with this comment are played: their files are written and their lines are run, in order, in an app. */
export const playedMark = "<!-- played by a test -->";

/** A line that a page shows, what it says comes of it, and what came of it. */
export interface Played {
  line: string;
  expected: string;
  output: string;
}

interface Place {
  root: string;
  /** Where to look for programs first. */
  bin: string;
  env?: NodeJS.ProcessEnv;
}

/** Writes the page's files and runs its lines. What they print is shown as on a server, with the app in /srv/app. */
export function play(page: Page, place: Place): Played[] {
  for (const { file, text } of hiddenFiles(page)) writeIn(place.root, file, text);
  return blocksOf(page).flatMap((block) => playBlock(block, place));
}

/** The page with what its lines print now. */
export function rewritten(page: Page, played: readonly Played[]): string {
  let at = 0;
  return page.text.replaceAll(/^```(\w*)\n(\$ [\s\S]*?)^```$/gm, (_, language, block) => {
    const text = linesIn(block).map(({ line }) => `$ ${line}\n${spaced(played[at++]?.output ?? "")}`);
    return `\`\`\`${language}\n${text.join("").trimEnd()}\n\`\`\``;
  });
}

function playBlock(block: Block, place: Place): Played[] {
  if (block.file !== undefined) {
    writeIn(place.root, block.file, block.text);
    return [];
  }
  if (!block.text.startsWith("$ ")) return [];
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
  const { stdout } = spawnSync("sh", ["-c", `{ ${line}\n} 2>&1`], {
    cwd: root,
    encoding: "utf8",
    env: {
      HOME,
      LANG: "C.UTF-8",
      TZ: "UTC",
      LOG_FORMAT: "pretty",
      NO_COLOR: "1",
      PATH: `${bin}:${dirname(process.execPath)}:${PATH}`,
      ...env,
    },
  });
  return stdout
    .replaceAll(root, "/srv/app")
    .replaceAll(root.slice(1).replaceAll("/", "_"), "srv_app")
    .replaceAll(process.execPath, "/usr/bin/node")
    .replaceAll(/crontab of root/g, "crontab of deploy")
    .replaceAll(/"user": "root"/g, '"user": "deploy"')
    .trimEnd();
}

function writeIn(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A blank line separates output from the next line that is typed. */
function spaced(output: string): string {
  return output === "" ? "" : `${output}\n\n`;
}
