import { bad, type Check, fine } from "../check";
import { scheduledCommands } from "./scheduled";

export const oneServer: Check = {
  name: "one server",
  async look() {
    const names = scheduledCommands().flatMap(({ name, oneServer }) => (oneServer ? name : []));
    const [first] = names;
    if (first === undefined) return fine("not used");
    const { checkClaimStore } = await import("../../runs/servers/claims");
    try {
      return fine(
        `${names.length === 1 ? first : `${names.length} commands`}, using ${await checkClaimStore()}`,
      );
    } catch (error) {
      const others = names.length === 1 ? "" : ` and ${names.length - 1} more`;
      return bad(`${first}${others} cannot run: ${error.message}`, error.hint);
    }
  },
};
