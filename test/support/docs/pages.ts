import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const project = join(import.meta.dirname, "..", "..", "..");

/** A page of the documentation. */
export interface Page {
  /** The page's path, relative to the repository's root. */
  path: string;
  text: string;
}

/** A fenced block of code. */
export interface Block {
  page: string;
  /** The line of the fence that opens the block. */
  line: number;
  language: string;
  text: string;
  /** Declarations that the sample needs but doesn't show, from the comment `<!-- given: … -->` before it. */
  given: string;
  /** The file that the block is to be written to, from `<!-- file: … -->` or a comment on its first line. */
  file: string | undefined;
}

/** All pages: README, CONTRIBUTING and everything in docs/. */
export function pages(): Page[] {
  const found = readdirSync(join(project, "docs"), { recursive: true, encoding: "utf8" });
  const docs = found.filter((path) => path.endsWith(".md")).map((path) => join("docs", path));
  return ["README.md", "CONTRIBUTING.md", ...docs.sort()].map(readPage);
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(project, path), "utf8") };
}

export function blocksOf({ path, text }: Page): Block[] {
  const fenced = /(?:^ *<!-- (given|file): ((?:(?!-->)[\s\S])*)-->\n+)?^( *)```([\w-]*)\n([\s\S]*?)^\3```$/gm;
  return [...text.matchAll(fenced)].map((match) => {
    const [whole, note, noted = "", indent = "", language = "", inside = ""] = match;
    const code = inside.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    const before = text.slice(0, match.index + whole.indexOf("```"));
    return {
      page: path,
      line: before.split("\n").length,
      language,
      text: code,
      given: note === "given" ? noted.trim() : "",
      file: note === "file" && !noted.includes("\n") ? noted.trim() : fileNamedIn(code),
    };
  });
}

/** Files that a page's samples need but that readers don't see, from comments: `<!-- file: PATH`, the text, `-->`. */
export function hiddenFiles({ text }: Page): { file: string; text: string }[] {
  const comments = text.matchAll(/^<!-- file: (\S+)\n([\s\S]*?)-->$/gm);
  return [...comments].map(([, file = "", inside = ""]) => ({ file, text: inside }));
}

/** Lines to run before the next block that readers don't see, from comments: `<!-- run:`, the lines, `-->`. */
export function hiddenLines({ text }: Page): { line: number; text: string }[] {
  return [...text.matchAll(/^<!-- run:\n([\s\S]*?)-->$/gm)].map(({ index, 1: lines = "" }) => {
    return { line: text.slice(0, index).split("\n").length, text: lines };
  });
}

/** The path in a block's first line: `// app/jobs/SendInvoice.ts` or `# .env`. */
function fileNamedIn(code: string): string | undefined {
  return /^(?:\/\/|#) (\.env|[\w./-]+\.\w+)(?:\n|:)/.exec(code)?.[1];
}

/** The text of a page without its code blocks and comments. */
export function prose(text: string): string {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, "");
  return text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, blank).replaceAll(/<!--[\s\S]*?-->/g, blank);
}
