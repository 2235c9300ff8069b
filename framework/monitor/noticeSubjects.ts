import { readBuiltCommands } from "../catalog/catalog";
import type { NoticeSubject } from "../runs/notices/sendNotices";

/** Looks up the facts about a command that the sender of its notices needs. */
export function noticeSubjects(): (name: string) => NoticeSubject | undefined {
  const subjects = new Map<string, NoticeSubject>();
  try {
    for (const command of readBuiltCommands()) subjects.set(command.name, command);
  } catch {
    // A damaged build must not keep notices from being sent. Without the build's facts, they go to every configured
    // channel.
  }
  return (name) => subjects.get(name);
}
