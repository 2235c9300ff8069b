import { installedRoot } from "../asInstalled";
import { secondBlocks, secondBlockText } from "../secondBlocks";
import { bad, fine, type LocalCheck } from "./check";

/** Whether the crontab has this app's entries more than once, each of which starts every command. */
export const secondBlock: LocalCheck = {
  name: "second block",
  look({ read, user }) {
    const [second] = secondBlocks({ user }, read);
    if (second === undefined) return fine("none: the crontab has this app's entries at most once");
    const { message, cure } = secondBlockText(installedRoot({ user }, read), second, user);
    return bad(message, cure);
  },
};
