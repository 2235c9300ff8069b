import { readBuiltCommands } from "../catalog/catalog";
import type { NoticeSubject } from "../runs/notices/sendNotices";

/** Looks up what notices say of a command. A damaged build must not keep them from being sent. */
export function noticeSubjects(): (name: string) => NoticeSubject | undefined {
  const subjects = new Map<string, NoticeSubject>();
  try {
    for (const command of readBuiltCommands()) subjects.set(command.name, command);
  } catch {
    // Without the build nothing is known of the commands, and everybody who is set up is told.
  }
  return (name) => subjects.get(name);
}
