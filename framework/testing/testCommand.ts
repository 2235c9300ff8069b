import { LajuError } from "../config/errors";
import type { OptionSpecs } from "../metadata/optionSpecs";
import type { CommandDefinition, CommandResult, RunContext } from "../start/runCommand";
import { capturedBy, capturing, newCapture } from "./captured/captured";
import { atMoment, type Moment } from "./clock";
import { definitionOf } from "./definitionOf";
import { reopenIfClosed } from "./freshApp";
import { inOneTest } from "./openRuns";
import { runHere } from "./runHere";
import { runScript } from "./script/runScript";
import { type FetchStub, withFetch } from "./stubFetch";
import type { TestRun } from "./testRun";
import { type GivenOptions, wordsOf } from "./words";

/** Options for testCommand. */
export interface CommandTest<O extends OptionSpecs = OptionSpecs> {
  /** The command's options, checked as on a command line. */
  options?: GivenOptions<O>;
  /** The positional arguments. */
  args?: readonly (string | number)[];
  /** The arguments as typed on a command line, instead of `options` and `args`. */
  argv?: readonly string[];
  /** The time that the code under test sees. The clock is frozen at it while the command runs. */
  now?: Moment;
  /** Answers the command's fetch requests. */
  fetch?: FetchStub;
  /** A timeout such as "50ms", instead of the command's own. */
  timeout?: string;
  /** Stops the command when it is aborted, as SIGTERM would. */
  signal?: AbortSignal;
  /** The command's name in messages (default: "Command"). */
  name?: string;
}

/** What `import * as` returns for a command's file that exports `run`, or a function as its default export. */
export interface CommandModule {
  run?(context: never): unknown;
  meta?: object;
  default?: unknown;
}

/**
 * Runs a command as its command line would: validates options, applies the timeout, and returns the exit status with
 * the result. The command uses this test's own database, its mails are captured, and its requests never leave this
 * machine.
 *
 * @param command what a command's file exports, or the name of a script, which runs in a separate process.
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
  if (given.argv !== undefined && (given.options ?? given.args) !== undefined) throw givenTwice();
  const argv = given.argv ?? wordsOf(given.options, given.args);
  const work = typeof command === "string" ? scriptOf(command, argv, given) : runOf(command, argv, given);
  const call = `testCommand(${nameOf(command, given)})`;
  try {
    return await inOneTest(call, (abandoned) =>
      atMoment(given.now, () => withFetch(given.fetch, () => work(abandoned))),
    );
  } finally {
    reopenIfClosed();
  }
}

type Given = Omit<CommandTest, "options">;
type Work = (abandoned: AbortSignal) => Promise<TestRun>;

function runOf(command: unknown, argv: readonly string[], given: Given): Work {
  const definition = definitionOf(command, argv);
  return async (abandoned) => {
    const capture = newCapture();
    const here = { ...given, argv, capture, abandoned };
    const ended = await capturing(capture, () => runHere(definition, here));
    capture.isOver = true;
    return { ...ended, ...capturedBy(capture) };
  };
}

function scriptOf(name: string, argv: readonly string[], given: Given): Work {
  if (name === "") throw new LajuError("the command to test has no name", { code: "E_TEST" });
  return (abandoned) => runScript(name, argv, { ...given, abandoned });
}

function givenTwice(): LajuError {
  return new LajuError("testCommand got argv and also options or args", {
    code: "E_TEST",
    hint: "argv is the whole command line. Pass either argv, or options and args.",
  });
}

function nameOf(command: unknown, { name }: Given): string {
  if (typeof command === "string") return JSON.stringify(command);
  return name ?? ((typeof command === "function" && command.name) || "…");
}
