import { LajuError } from "../../../config/errors";
import { require } from "../../../config/require";

/** BullMQ's own Lua, and how many keys each takes: what a version with other keys does is not known here. */
const known = {
  addStandardJob: 9,
  addPrioritizedJob: 9,
  addDelayedJob: 6,
  moveToActive: 11,
  moveToFinished: 14,
  moveToDelayed: 11,
  retryJob: 11,
  moveJobFromActiveToWait: 9,
  reprocessJob: 9,
  updateProgress: 3,
  removeJob: 2,
  pause: 7,
} as const;

export type BullScript = keyof typeof known;

/** `--save-prod`: where it is a development package, as in laju itself, npm would leave it one. */
const install = "npm install --save-prod bullmq@6";

/**
 * One of BullMQ's scripts as a Lua function, so that several make one operation that happens whole or not at all. Only
 * these texts of the package are loaded: all of it would add a tenth of a second to whatever queues a job.
 */
export function bullFunction(name: BullScript): string {
  return `local function ${name}(KEYS, ARGV)\n${scriptText(name)}\nend\n`;
}

function scriptText(name: BullScript): string {
  const module = `bullmq/dist/cjs/scripts/${name}-${known[name]}`;
  const script = found(module) as Partial<Record<string, { content: string }>> | undefined;
  const text = script?.[name]?.content;
  if (text !== undefined) return text;
  throw notUsable(`bullmq ${bullVersion()} has no script ${name} as laju knows it`);
}

/** The version that is installed. Throws a LajuError where none is. */
export function bullVersion(): string {
  const description = found("bullmq/package.json") as { version: string } | undefined;
  if (description !== undefined) return description.version;
  throw notUsable("QUEUE_ENGINE is bullmq, and the package bullmq is not installed");
}

function notUsable(message: string): LajuError {
  return new LajuError(message, { code: "E_QUEUE_ENGINE", hint: `Run ${install} in the app's folder.` });
}

function found(module: string): unknown {
  try {
    return require(module);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
