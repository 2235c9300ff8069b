import { blocksOf, type Page, prose } from "./pages";

/** A command line that a page shows. */
export interface ShownLine {
  line: number;
  text: string;
  words: string[];
}

const shellLanguages = ["", "sh", "bash", "console"];

/**
 * The command lines on a page: those after `$ `, those in shell blocks, and inline code that looks like a command line.
 */
export function linesOf(page: Page): ShownLine[] {
  const inBlocks = blocksOf(page)
    .filter(({ language }) => shellLanguages.includes(language))
    .flatMap(({ text, line }) => {
      const lines = text.replaceAll("\\\n", " ").split("\n");
      return lines.map((one, index) => ({ text: one.replace(/^\s*\$ /, "").trim(), line: line + index + 1 }));
    });
  const written = prose(page.text);
  const inline = [...written.matchAll(/`([^`]+)`/g)].map((match) => ({
    text: (match[1] as string).replaceAll("\n", " "),
    line: written.slice(0, match.index).split("\n").length,
  }));
  return [...inBlocks, ...inline]
    .filter(({ text }) => /^(sudo (-u \w+ )?)?(\/usr\/bin\/)?(node|npm|npx|pm2) /.test(text))
    .flatMap(({ text, line }) => commandsIn(text).map((words) => ({ line, text, words })));
}

const token =
  /(?<break>&&|\|\|?|;|&)|(?<redirection>\d?>>?(?:&\d| ?\S+))|"(?<double>[^"]*)"|'(?<single>[^']*)'|[^\s"';|&>]+/g;

/** The commands in a shell line, as lists of words, without comments, redirections and explanations. */
export function commandsIn(text: string): string[][] {
  const commands: string[][] = [[]];
  const [line = ""] = text.split(/\s#|\s{3,}/);
  for (const { 0: plain, groups = {} } of line.matchAll(token)) {
    if (groups.break !== undefined) commands.push([]);
    else if (groups.redirection === undefined) commands.at(-1)?.push(groups.double ?? groups.single ?? plain);
  }
  return commands.filter((words) => words.length > 0);
}
