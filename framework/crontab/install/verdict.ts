import { paths } from "../../config/config";
import { readInstallation, type TargetOptions } from "../../host/installation";
import { shellQuote } from "../../text/shellQuote";
import { isHere, realFolder } from "./appBlocks";
import { crontabStateText } from "./changeText";
import { installCommand } from "./installCommand";
import { asInstalled } from "./installedOptions";
import { type CrontabChange, type CrontabState, type CrontabTarget, checkCrontab } from "./installer";
import { thisBuild } from "./rememberInstallation";
import type { readCrontab } from "./systemCrontab";
import { crontabTarget } from "./target";

/** How the installed entries compare with what this build asks for, and what to do about it. */
export interface CrontabVerdict {
  state: CrontabState;
  message: string;
  hint?: string | undefined;
  change: CrontabChange;
  target: CrontabTarget;
}

/** Options that are not asked for are those of the installed block. */
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

/** Entries can differ for other reasons than the age of the build: naming the wrong one sends people the wrong way. */
function differenceOf(
  asked: TargetOptions,
  { place: { root } }: CrontabTarget,
  user: string,
): Pick<Difference, "state" | "message"> & Partial<Difference> {
  const subject = `The crontab of ${user}`;
  const named = namedIn(asked);
  if (named !== "")
    return { state: "different", message: `${subject} has other entries than ${named} asks for` };
  if (!isHere(root)) {
    const message = `${subject} starts ${root}, which is ${realFolder(root)} now, and this is ${paths.root}`;
    return { state: "different", message, hint: `Run \`cd ${shellQuote(root)}\` first.` };
  }
  const { build, builds = {} } = readInstallation() ?? {};
  const current = thisBuild();
  const installed = build === undefined ? undefined : builds[build];
  if (current === undefined || installed === undefined) {
    return { state: "different", message: `${subject} differs from what this build asks for` };
  }
  if (current.id === build) {
    return {
      state: "different",
      message: `${subject} differs from what schedule.json and the settings ask for`,
    };
  }
  const known = builds[current.id];
  const isOlder = known === undefined ? current.builtAt < installed.builtAt : known.since < installed.since;
  return isOlder
    ? { state: "newer than the build", message: `${subject} is newer than this build: a later one wrote it` }
    : { state: "older than the build", message: `${subject} is older than the build` };
}

/** The options that were given and change entries, as they were typed. */
function namedIn(asked: TargetOptions): string {
  const { root: _, user: __, portable, ...named } = asked;
  const words = Object.entries(named).flatMap(([name, value]) =>
    typeof value === "string" ? `--${name} ${shellQuote(value)}` : [],
  );
  return [...words, ...(portable ? ["--portable"] : [])].join(" ");
}
