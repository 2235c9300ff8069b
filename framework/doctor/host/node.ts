import { accessSync, constants, existsSync, statSync } from "node:fs";
import { installCommand } from "../../crontab/install/installCommand";
import { bad, fine, type LocalCheck, warning } from "../check";
import type { Looking } from "../checkContext";

/** Whether what the installed entries start is there: the folder they go to, and the node. */
export const node: LocalCheck = {
  name: "node",
  look(looking) {
    const entries = looking.entries() ?? [];
    const [first] = entries;
    if (first === undefined) return fine(`${process.execPath} (nothing is in the crontab yet)`);
    const build = entries.map((entry) => entry.build).find((folder) => !existsSync(folder));
    if (build !== undefined) {
      return bad(
        `the crontab starts commands in ${build}, which is gone: nothing runs`,
        `Bring it back, or run \`${again(looking)}\` in the release that is to run.`,
      );
    }
    const programs = [...new Set(entries.map((entry) => entry.node))];
    const broken = programs.map(problemOf).find((problem) => problem !== undefined);
    if (broken !== undefined) {
      return bad(
        `the crontab starts ${broken}: nothing runs`,
        `Run \`${again(looking)}\` with the node that is to run the commands, or name it with --node.`,
      );
    }
    const moving = programs.find((program) => /\/\.(nvm|fnm|n|volta|asdf)\//.test(program));
    if (moving === undefined) return fine(programs.join(", "));
    return warning(
      `the crontab starts ${moving}, which goes when that version is uninstalled`,
      "Run node laju crontab:install after each change of version, or --node with a link that stays.",
    );
  },
};

function problemOf(program: string): string | undefined {
  try {
    accessSync(program, constants.X_OK);
    return statSync(program).isFile() ? undefined : `${program}, which is no program`;
  } catch (error) {
    return `${program}, which ${error.code === "ENOENT" ? "is gone" : "cannot be executed"}`;
  }
}

/** crontab:install remembers the rest, and takes the node that runs it where the old one is gone. */
function again(looking: Looking): string {
  return installCommand({ root: looking.root(), user: looking.user });
}
