import { removeCommand } from "../../crontab/install/installCommand";
import { seesOthersCrontabs } from "../../crontab/install/installed/otherTables";
import {
  goneBlocks,
  otherTable,
  otherTableText,
  secondBlocks,
  secondBlockText,
} from "../../crontab/install/secondBlocks";
import { bad, type Finding, fine, type LocalCheck } from "../check";
import type { CheckContext } from "../checkContext";

/** Reports entries of this app that are installed twice (so every command starts twice) or for a folder that is gone. */
export const secondBlock: LocalCheck = {
  name: "second block",
  look(context) {
    const { read, user } = context;
    const [second] = secondBlocks({ user }, read);
    if (second !== undefined) {
      const { message, cure } = secondBlockText(context.root(), second, user);
      return bad(message, cure);
    }
    const [gone] = goneBlocks({ user }, read).filter((root) => root !== context.root());
    if (gone === undefined) return elsewhere(context);
    return bad(
      `the crontab has entries of ${gone}, which no longer exists: none of them can start`,
      `Run \`${removeCommand(gone, user)}\`, or restore the folder.`,
    );
  },
};

/**
 * The finding about entries in another user's or the system's crontab. They are duplicates only if this crontab has
 * entries too.
 */
function elsewhere({ user, entries }: CheckContext): Finding {
  const other = entries() === undefined ? undefined : otherTable({ user });
  if (other !== undefined) {
    const { message, cure } = otherTableText(other);
    return bad(message, cure);
  }
  const unseen = seesOthersCrontabs() ? "" : " (only root sees other users' crontabs)";
  return fine(`none: this app's entries are installed at most once${unseen}`);
}
