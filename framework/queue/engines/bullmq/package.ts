import { LajuError } from "../../../config/errors";
import { require } from "../../../config/require";

/**
 * The BullMQ scripts that we use, and how many keys each takes. A BullMQ version in which a script takes other keys is
 * refused.
 */
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

/**
 * Uses `--save-prod`, because laju's own repository lists bullmq as a development dependency, and npm would leave it
 * there.
 */
const install = "npm install --save-prod bullmq@6";

/**
 * One of BullMQ's scripts as a Lua function, so that several scripts can form one atomic operation. Loads only the
 * package's script files, because the whole package would add a tenth of a second to every command that queues a job.
 */
export function bullFunction(name: BullScript): string {
  return `local function ${name}(KEYS, ARGV)\n${scriptText(name)}\nend\n`;
}

function scriptText(name: BullScript): string {
  const module = `bullmq/dist/cjs/scripts/${name}-${known[name]}`;
  const script = found(module) as Partial<Record<string, { content: string }>> | undefined;
  const text = script?.[name]?.content;
  if (text !== undefined) return text;
  throw notUsable(`bullmq ${bullVersion()} does not have the script ${name} that laju expects`);
}

/** The installed version. Throws a LajuError if BullMQ is not installed. */
export function bullVersion(): string {
  const description = found("bullmq/package.json") as { version: string } | undefined;
  if (description !== undefined) return description.version;
  throw notUsable("QUEUE_ENGINE is bullmq, but the package bullmq is not installed");
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
