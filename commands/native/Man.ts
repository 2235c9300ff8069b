import { spawnSync } from "node:child_process";
import { readManual } from "../../framework/cli/manual/manual";
import { manualRoff } from "../../framework/cli/manual/roff";
import { verb } from "../../framework/cli/verb";
import { environmentWith } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { laju, verbText, version } from "./helpText";

export default verb({
  examples: [
    ["man", "Show all verbs, options, exit statuses and files"],
    ["man queue:work", "Show the part about one verb"],
    ["man --roff", "Print the source, to save as laju.1 in a man folder"],
  ],
  options: { roff: { type: "boolean", description: "Print the page's roff source, as man(1) reads it" } },
  words: { least: 0, most: 1 },
  details: "Shows the manual page with man(1), or as plain text where man(1) is not installed.",
  async run({ args: [name], options, verbGroups }) {
    const chosen = name === undefined ? verbGroups : onlyVerb(name, verbGroups);
    const page = manualRoff(await readManual(chosen), version());
    if (options.roff) {
      process.stdout.write(page);
      return;
    }
    const shown = formatted(page);
    if (shown === undefined) console.log(await plainText(chosen));
    else if (process.stdout.isTTY)
      spawnSync("man", ["-l", "-"], { input: page, stdio: ["pipe", "inherit", "inherit"] });
    else process.stdout.write(shown);
  },
});

/** Returns undefined if man(1) is missing, can't read from a pipe, or is only a stub, as in small container images. */
function formatted(page: string): string | undefined {
  const env = environmentWith({ MANPAGER: "cat" });
  const { status, stdout } = spawnSync("man", ["-l", "-"], { input: page, encoding: "utf8", env });
  return status === 0 && stdout.includes("LAJU(1)") ? stdout : undefined;
}

function onlyVerb(name: string, groups: VerbGroups): VerbGroups {
  const found = groups.flatMap(([heading, entries]) => {
    const named = entries.filter((entry) => entry.name === name);
    return named.length > 0 ? [[heading, named] as const] : [];
  });
  if (found.length > 0) return found;
  const hint = "node laju --help lists the verbs.";
  throw new LajuError(`there is no verb "${name}"`, { code: "E_USAGE", exitStatus: 2, hint });
}

type VerbGroups = Parameters<typeof readManual>[0];

async function plainText(groups: VerbGroups): Promise<string> {
  const entries = groups.flatMap(([, group]) => group);
  const texts = await Promise.all(
    entries.map(async (entry) => `${entry.name}\n\n${verbText(entry, (await entry.load()).default)}`),
  );
  return [...(entries.length > 1 ? [laju()] : []), ...texts].join("\n\n");
}
