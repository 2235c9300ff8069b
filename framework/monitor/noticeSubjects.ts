import { readBuiltCommands } from "../catalog/catalog";
import type { NoticeSubject } from "../runs/notices/sendNotices";

/** Looks up what notices say about a command. A damaged build must not keep them from being sent. */
export function noticeSubjects(): (name: string) => NoticeSubject | undefined {
  const subjects = new Map<string, NoticeSubject>();
  try {
    for (const command of readBuiltCommands()) subjects.set(command.name, command);
  } catch {
    // Without a build nothing is known about the commands, so every configured channel is notified.
  }
  return (name) => subjects.get(name);
}
