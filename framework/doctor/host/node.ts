import { accessSync, constants, existsSync, statSync } from "node:fs";
import { installCommand } from "../../crontab/install/installCommand";
import { bad, fine, type LocalCheck, warning } from "../check";
import type { CheckContext } from "../checkContext";

/** Checks that the build folder and the node of the installed entries exist. */
export const node: LocalCheck = {
  name: "node",
  look(context) {
    const entries = context.entries() ?? [];
    const [first] = entries;
    if (first === undefined) return fine(`${process.execPath} (nothing is in the crontab yet)`);
    const builds = [...new Set(entries.map((entry) => entry.build))];
    const build = builds.find((folder) => !existsSync(folder));
    if (build !== undefined) {
      return bad(
        `the crontab starts commands in ${build}, which is gone: nothing runs`,
        `Restore the folder, or run \`${again(context)}\` in the release that should run.`,
      );
    }
    const programs = [...new Set(entries.map((entry) => entry.node))];
    const broken = programs.map(problemOf).find((problem) => problem !== undefined);
    if (broken !== undefined) {
      return bad(
        `the crontab starts ${broken}: nothing runs`,
        `Run \`${again(context)}\` with the Node that should run the commands, or name its path with --node.`,
      );
    }
    const moving = programs.find((program) => /\/\.(nvm|fnm|n|volta|asdf)\//.test(program));
    if (moving === undefined) return fine(programs.join(", "));
    return warning(
      `the crontab starts ${moving}, which disappears when that version is uninstalled`,
      "Run node laju crontab:install each time you change the version, or set --node to a symlink that stays the same.",
    );
  },
};

function problemOf(program: string): string | undefined {
  try {
    accessSync(program, constants.X_OK);
    return statSync(program).isFile() ? undefined : `${program}, which is not a program`;
  } catch (error) {
    return `${program}, which ${error.code === "ENOENT" ? "is gone" : "cannot be executed"}`;
  }
}

/** The command that reinstalls the entries. It keeps their other options, and replaces a node that no longer exists. */
function again(context: CheckContext): string {
  return installCommand({ root: context.root(), user: context.user });
}
