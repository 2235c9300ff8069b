import { LajuError } from "../config/errors";
import type { OptionSpecs } from "../metadata/optionSpecs";
import type { CommandDefinition, CommandResult, RunContext } from "../start/runCommand";
import { capturedBy, capturing, newCapture } from "./captured/captured";
import { atMoment, type Moment } from "./clock";
import { definitionOf } from "./definitionOf";
import { reopenIfClosed } from "./freshApp";
import { runHere } from "./runHere";
import { runScript } from "./script/runScript";
import { type FetchStub, withFetch } from "./stubFetch";
import type { TestRun } from "./testRun";
import { type GivenOptions, wordsOf } from "./words";

/** How a command is tried. */
export interface CommandTest<O extends OptionSpecs = OptionSpecs> {
  /** Its options, checked as those of a command line are. */
  options?: GivenOptions<O>;
  /** The words that are not options. */
  args?: readonly (string | number)[];
  /** The words as they are typed, instead of `options` and `args`. */
  argv?: readonly string[];
  /** The moment at which the clock stands still meanwhile. */
  now?: Moment;
  /** Answers what it requests by fetch. */
  fetch?: FetchStub;
  /** A time limit in place of its own, such as "50ms". */
  timeout?: string;
  /** Asks it to end when it is aborted, as SIGTERM does. */
  signal?: AbortSignal;
  /** What messages call it (default: "Command"). */
  name?: string;
}

/** A command's file with an exported `run`, or a function as its default export, imported by `import * as`. */
export interface CommandModule {
  run?(context: never): unknown;
  meta?: object;
  default?: unknown;
}

/**
 * Runs a command as its command line would: its options are checked, its time limit holds, and how it ends is its exit
 * status. The database is this test's own, mails are caught, and no request leaves this machine.
 *
 * @param command what a command's file exports; the name of a script, which runs in a process of its own.
 */
export async function testCommand<const O extends OptionSpecs>(
  command: CommandDefinition<O>,
  given?: CommandTest<O>,
): Promise<TestRun>;
export async function testCommand(
  command: (context: RunContext) => CommandResult | Promise<CommandResult>,
  given?: CommandTest,
): Promise<TestRun>;
export async function testCommand(
  command: CommandModule | ((context: never) => unknown) | string,
  given?: CommandTest,
): Promise<TestRun>;
export async function testCommand(command: unknown, given: CommandTest = {}): Promise<TestRun> {
  const argv = given.argv ?? wordsOf(given.options, given.args);
  const work = typeof command === "string" ? scriptOf(command, argv, given) : runOf(command, argv, given);
  try {
    return await atMoment(given.now, () => withFetch(given.fetch, work));
  } finally {
    reopenIfClosed();
  }
}

type Given = Omit<CommandTest, "options">;

function runOf(command: unknown, argv: readonly string[], given: Given): () => Promise<TestRun> {
  const definition = definitionOf(command, argv);
  return async () => {
    const capture = newCapture();
    const ended = await capturing(capture, () => runHere(definition, { ...given, argv, capture }));
    capture.isOver = true;
    return { ...ended, ...capturedBy(capture) };
  };
}

function scriptOf(name: string, argv: readonly string[], given: Given): () => Promise<TestRun> {
  if (name === "") throw new LajuError("the command to test has no name", { code: "E_TEST" });
  return () => runScript(name, argv, given);
}
