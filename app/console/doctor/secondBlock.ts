import { secondBlocks, secondBlockText } from "../secondBlocks";
import { bad, fine, type LocalCheck } from "./check";

/** Whether the crontab has this app's entries more than once, each of which starts every command. */
export const secondBlock: LocalCheck = {
  name: "second block",
  look(looking) {
    const { read, user } = looking;
    const [second] = secondBlocks({ user }, read);
    if (second === undefined) return fine("none: the crontab has this app's entries at most once");
    const { message, cure } = secondBlockText(looking.root(), second, user);
    return bad(message, cure);
  },
};
