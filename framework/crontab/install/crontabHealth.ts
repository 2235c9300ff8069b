import { readBuiltCommands } from "../../catalog/catalog";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { readInstallation, type TargetOptions } from "../../host/installation";
import { isScheduleWorking } from "../../host/isScheduleWorking";
import type { RunHistory } from "../../runs/history/health";
import { shellQuote } from "../../text/shellQuote";
import { isHere, realFolder } from "./appBlocks";
import { crontabStateText } from "./changeText";
import { installCommand } from "./installCommand";
import { asInstalled } from "./installedOptions";
import { type CrontabChange, type CrontabState, type CrontabTarget, checkCrontab } from "./installer";
import { installedSince, thisBuild } from "./rememberInstallation";
import { type readCrontab, readingOnce } from "./systemCrontab";
import { crontabTarget } from "./target";

/** Whether and how commands are scheduled on this host. */
export interface CrontabHealth {
  state: CrontabState | "schedule:work" | "unknown";
  message: string;
  hint?: string | undefined;
  /** Whether the state needs attention. */
  isBad: boolean;
  /** When a command's current schedule was installed; null if it is not installed or the time is unknown. */
  since(name: string): number | null;
  /** The entries that should be installed. */
  target: CrontabTarget | undefined;
}

/** Compares the crontab with the build. Options are those of the last crontab:install. */
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
    const isBad = state === "not installed" ? isExpected(installation, histories) : state !== "in order";
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

/**
 * Whether the crontab should have entries. If laju never installed any but commands have run, another scheduler, such
 * as systemd, starts them, and the crontab needs none.
 */
function isExpected(installation: unknown, histories: Iterable<RunHistory>): boolean {
  return installation !== undefined || [...histories].every(({ lastStart }) => lastStart === null);
}

function nothingHere(): string {
  const scheduled = readBuiltCommands().filter(({ schedules }) => schedules.length > 0);
  return scheduled.length === 0 ? "No command has a schedule" : "No command is scheduled in this environment";
}

/** How the installed entries compare with those of this build, and what to do if they differ. */
export interface CrontabVerdict {
  state: CrontabState;
  message: string;
  hint?: string | undefined;
  change: CrontabChange;
  target: CrontabTarget;
}

/** Compares the installed block with this build. Options that the user did not give are taken from the block. */
export function crontabVerdict(asked: TargetOptions, read: typeof readCrontab): CrontabVerdict {
  const options = asInstalled(asked, read);
  const target = crontabTarget(options);
  const { state, change } = checkCrontab(target, read);
  const plain = crontabStateText(
    state,
    change,
    installCommand(options, { namesRoot: asked.root !== undefined }),
  );
  if (state !== "older than the build") return { state, ...plain, change, target };
  return { ...plain, ...differenceOf(asked, target, change.user), change, target };
}

type Difference = Pick<CrontabVerdict, "state" | "message" | "hint">;

/** Why the entries differ. If the reason is not known for sure, says only that they differ. */
function differenceOf(
  asked: TargetOptions,
  { place: { root } }: CrontabTarget,
  user: string,
): Pick<Difference, "state" | "message"> & Partial<Difference> {
  const subject = `The crontab of ${user}`;
  const named = namedIn(asked);
  if (named !== "") return { state: "different", message: `${subject} does not match ${named}` };
  if (!isHere(root)) {
    const message = `${subject} starts ${root}, which links to ${realFolder(root)}, but this is ${paths.root}`;
    return { state: "different", message, hint: `Run \`cd ${shellQuote(root)}\` first.` };
  }
  const { build, builds = {} } = readInstallation() ?? {};
  const current = thisBuild();
  const installed = build === undefined ? undefined : builds[build];
  if (current === undefined || installed === undefined) {
    return { state: "different", message: `${subject} does not match this build` };
  }
  if (current.id === build) {
    return {
      state: "different",
      message: `${subject} does not match schedule.json and the settings`,
    };
  }
  const known = builds[current.id];
  const isOlder = known === undefined ? current.builtAt < installed.builtAt : known.since < installed.since;
  return isOlder
    ? {
        state: "newer than the build",
        message: `${subject} is newer than this build: a later build wrote it`,
      }
    : { state: "older than the build", message: `${subject} is older than the build` };
}

/** The given options that affect entries, as typed. */
function namedIn(asked: TargetOptions): string {
  const { root: _, user: __, portable, ...named } = asked;
  const words = Object.entries(named).flatMap(([name, value]) =>
    typeof value === "string" ? `--${name} ${shellQuote(value)}` : [],
  );
  return [...words, ...(portable ? ["--portable"] : [])].join(" ");
}
