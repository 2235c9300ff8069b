import { settings } from "../../config/config";
import { crontabHealth } from "../../crontab/install/crontabHealth";
import { runHistories } from "../../runs/history/runHistory";
import { openLedgerFile } from "../../runs/ledger/ledgerTables";
import { bad, fine, type LocalCheck, warning } from "../check";
import { scheduledCommands } from "./scheduled";

export const crontab: LocalCheck = {
  name: "crontab",
  look({ read, user }) {
    settings(); // This throws if the settings are invalid. Another check reports that.
    const names = scheduledCommands().map(({ name }) => name);
    const { state, message, hint, isBad } = crontabHealth({ user }, histories(names), read);
    if (isBad) return bad(message, hint);
    return state === "in order" || state === "schedule:work" ? fine(message) : warning(message, hint);
  },
};

/**
 * The commands' histories; none if the ledger cannot be opened. Opens the ledger only to look first, because reading
 * runs would move a damaged ledger aside, and doctor must not change anything.
 */
function histories(names: string[]) {
  try {
    openLedgerFile().close();
    return [...runHistories(names).values()];
  } catch {
    return [];
  }
}
