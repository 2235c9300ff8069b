import { readBuiltCommands } from "../../catalog/catalog";
import { LajuError } from "../../config/errors";
import type { TargetOptions } from "../../host/installation";
import { readInstallation } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import type { RunHistory } from "../../runs/history/health";
import type { CrontabState, CrontabTarget } from "./installer";
import { installedSince } from "./rememberInstallation";
import { readingOnce } from "./systemCrontab";
import { crontabVerdict } from "./verdict";

/** How the schedule reaches this host. */
export interface CrontabHealth {
  state: CrontabState | "schedule:work" | "unknown";
  message: string;
  hint?: string | undefined;
  /** Whether this needs a person. */
  isBad: boolean;
  /** Since when the schedule of a command holds here; null when nothing starts it, or it is not known. */
  since(name: string): number | null;
  /** The entries that the build asks for. */
  target: CrontabTarget | undefined;
}

/** Compares the crontab with the build as crontab:install was told to, so that its options are no drift. */
export function crontabHealth(
  asked: TargetOptions,
  histories: Iterable<RunHistory>,
  read = readingOnce(),
): CrontabHealth {
  const installation = readInstallation();
  const options = { ...asked, user: asked.user ?? installation?.options.user };
  const nobody = () => null;
  if (isScheduleWorking()) {
    const message = "schedule:work is running and starts the commands";
    return { state: "schedule:work", message, isBad: false, since: nobody, target: undefined };
  }
  try {
    const { state, message, hint, target } = crontabVerdict(options, read);
    const since = (name: string) =>
      state === "not installed" ? null : (installedSince(installation, target, name) ?? null);
    if (target.rows.length === 0 && state === "in order") {
      return { state, message: nothingHere(), isBad: false, since, target };
    }
    const isBad = state === "not installed" ? wasMeant(installation, histories) : state !== "in order";
    return { state, message, hint, isBad, since, target };
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    const isBad = installation !== undefined;
    return {
      state: "unknown",
      message: error.message,
      hint: error.hint,
      isBad,
      since: nobody,
      target: undefined,
    };
  }
}

/** Where systemd or another scheduler starts the commands, there are runs and has never been an installation. */
function wasMeant(installation: unknown, histories: Iterable<RunHistory>): boolean {
  return installation !== undefined || [...histories].every(({ lastStart }) => lastStart === null);
}

function nothingHere(): string {
  const scheduled = readBuiltCommands().filter(({ schedules }) => schedules.length > 0);
  return scheduled.length === 0 ? "No command has a schedule" : "No command is scheduled in this environment";
}
