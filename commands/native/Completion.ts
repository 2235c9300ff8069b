import { manifestNames } from "../../framework/catalog/manifestNames";
import { type Completion, complete } from "../../framework/cli/completion/complete";
import { shellScript, shells } from "../../framework/cli/completion/shellScript";
import { type VerbGroup, verb } from "../../framework/cli/verb";
import { LajuError } from "../../framework/config/errors";
import { printable } from "../../framework/text/printable";

export default verb({
  examples: [["completion bash", "Print the script for bash"]],
  options: {},
  words: { least: 1, most: 1 },
  details: `Completes verbs, options, command names, job types and tags when you press Tab. Add one line to your shell's
start-up file:

  ~/.bashrc                   source <(node /path/to/app/laju completion bash)
  ~/.zshrc, after compinit    source <(node /path/to/app/laju completion zsh)
  ~/.config/fish/config.fish  node /path/to/app/laju completion fish | source

Job types and tags are those of the last build.`,
  async run({ args: [name = ""], rest, verbGroups }) {
    if (name === "words") {
      for (const line of lines(await complete(rest, completedVerbs(verbGroups), manifestNames())))
        console.log(line);
      return;
    }
    const shell = shells.find((known) => known === name);
    if (shell === undefined) {
      const hint = `Completion supports ${shells.join(", ")}.`;
      throw new LajuError(`no completion for "${name}"`, { code: "E_USAGE", exitStatus: 2, hint });
    }
    process.stdout.write(shellScript(shell));
  },
});

function completedVerbs(groups: readonly VerbGroup[]) {
  const verbs = groups.flatMap(([, group]) => group);
  return verbs.map(({ name, usage, summary, load }) => ({
    name,
    usage,
    summary,
    options: async () => (await load()).default.options,
  }));
}

/** The output for the shell scripts: one `word<TAB>description` per line, or `:files` or `:folders`. */
function lines(completion: Completion): string[] {
  if (!Array.isArray(completion)) return [`:${completion}`];
  return completion.map(({ word, note = "" }) => `${printable(word)}\t${printable(note)}`);
}
