import { closest } from "../text/similar";

/** Other tools' names for laju's verbs, and names that people try first. */
const others: Record<string, string> = {
  "crontab:delete": "crontab:remove",
  "crontab:list": "crontab",
  "crontab:uninstall": "crontab:remove",
  "schedule:list": "list",
  "schedule:run": "schedule:work",
  "queue:failed": "queue:list",
  "queue:restart": "queue:work",
  "db:migrate": "migrate",
  "make:schedule": "make:command",
  create: "new",
  dev: "build",
  generate: "make:command",
  init: "new",
  ls: "list",
  ps: "status",
  start: "run",
  test: "make:test",
  update: "upgrade",
};

/**
 * The verbs that the user may have meant by an unknown word, likeliest first. `next` is the word after it, because
 * people also type `make command`. Ignores separators, their order (`command:make`) and typos.
 */
export function verbSuggestions(word: string, next: string | undefined, names: readonly string[]): string[] {
  const typed = [...(next === undefined ? [] : [`${word}:${next}`]), word];
  for (const one of typed) {
    const same = names.find((name) => sameWords(name, one));
    if (same !== undefined) return [same];
  }
  const other = Object.hasOwn(others, word.toLowerCase()) ? others[word.toLowerCase()] : undefined;
  if (other !== undefined && names.includes(other)) return [other];
  for (const one of typed) {
    const near = closest(one, names);
    if (near !== undefined) return [near];
  }
  return names.filter((name) => name.split(":").includes(word.toLowerCase())).slice(0, 4);
}

function sameWords(name: string, typed: string): boolean {
  return wordsOf(name).sort().join() === wordsOf(typed).sort().join();
}

/** The words in a name. "MakeCommand", "make_command" and "make:command" all consist of "make" and "command". */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, "$1:$2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
}
