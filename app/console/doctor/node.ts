import { accessSync, constants } from "node:fs";
import { paths } from "../../config";
import { findBlock } from "../../schedule/crontabEdit";
import { readInstallation } from "../installation";
import { readCrontab } from "../systemCrontab";
import { bad, type Check, fine, warning } from "./check";

export const node: Check = {
  name: "node",
  look() {
    const program = installedNode();
    if (program === undefined) return fine(`${process.execPath} (nothing is in the crontab yet)`);
    try {
      accessSync(program, constants.X_OK);
    } catch (error) {
      const what = error.code === "ENOENT" ? "is gone" : "cannot be executed";
      return bad(
        `the crontab starts ${program}, which ${what}: nothing runs`,
        "node laju crontab:install with the node that is to run the commands, or --node PATH.",
      );
    }
    if (!/\/\.(nvm|fnm|n|volta|asdf)\//.test(program)) return fine(program);
    return warning(
      `the crontab starts ${program}, which goes when that version is uninstalled`,
      "Run node laju crontab:install after each change of version, or --node with a link that stays.",
    );
  },
};

/** As crontab:install was told, or as the block itself has it. */
function installedNode(): string | undefined {
  const installation = readInstallation();
  const user = installation?.options.user;
  const { root = paths.root, node: program } = installation?.options ?? {};
  const body = findBlock(readCrontab(user === undefined ? {} : { user }).text, root)?.body;
  if (body === undefined) return undefined;
  const inLine = /&& (?:\w+=\S+ )?(\/\S+) commands\//.exec(Buffer.from(body, "latin1").toString())?.[1];
  return inLine ?? program;
}
