import { removeCommand } from "../installCommand";
import { goneBlocks, secondBlocks, secondBlockText } from "../secondBlocks";
import { bad, fine, type LocalCheck } from "./check";

/** Whether the crontab has this app's entries more than once, each of which starts every command, or those of nothing. */
export const secondBlock: LocalCheck = {
  name: "second block",
  look(looking) {
    const { read, user } = looking;
    const [second] = secondBlocks({ user }, read);
    if (second !== undefined) {
      const { message, cure } = secondBlockText(looking.root(), second, user);
      return bad(message, cure);
    }
    const [gone] = goneBlocks({ user }, read).filter((root) => root !== looking.root());
    if (gone === undefined) return fine("none: the crontab has this app's entries at most once");
    return bad(
      `The crontab has entries of ${gone}, which is not there: each of their starts fails`,
      `Run \`${removeCommand(gone, user)}\`, or put the folder back.`,
    );
  },
};
