import { removeCommand } from "../../crontab/install/installCommand";
import { seesOthersCrontabs } from "../../crontab/install/otherTables";
import {
  goneBlocks,
  otherTable,
  otherTableText,
  secondBlocks,
  secondBlockText,
} from "../../crontab/install/secondBlocks";
import { bad, type Finding, fine, type LocalCheck } from "../check";
import type { Looking } from "../checkContext";

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
    if (gone === undefined) return elsewhere(looking);
    return bad(
      `The crontab has entries of ${gone}, which is not there: each of their starts fails`,
      `Run \`${removeCommand(gone, user)}\`, or put the folder back.`,
    );
  },
};

/** Entries in other tables: a second time, if there are any in this one. */
function elsewhere({ user, entries }: Looking): Finding {
  const other = entries() === undefined ? undefined : otherTable({ user });
  if (other !== undefined) {
    const { message, cure } = otherTableText(other);
    return bad(message, cure);
  }
  const unseen = seesOthersCrontabs() ? "" : " (only root sees other users' crontabs)";
  return fine(`none: the crontab has this app's entries at most once${unseen}`);
}
