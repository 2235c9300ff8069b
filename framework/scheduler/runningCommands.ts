import { closeSync } from "node:fs";
import { constants } from "node:os";
import { logFileOf, monitorEntry, monitorLog } from "../catalog/logFile";
import { formatDuration } from "../config/duration";
import { openLog } from "../files/openFile";
import type { CommandFacts } from "../metadata/manifest";
import { logError, logInfo } from "../services/Logger";
import { spawnCommand, spawnMonitor } from "./spawnDetached";

/** Where the output of started commands goes: to each command's log as under cron, or to this process's stdout. */
export type OutputTarget = "log" | "stdout";

type ChildProcess = ReturnType<typeof spawnCommand>;
type StdioOptions = Parameters<typeof spawnMonitor>[0];

/** Commands running in separate processes. */
export class RunningCommands {
  private readonly children = new Set<ChildProcess>();
  private readonly place: OutputTarget;
  private onIdle: (() => void) | undefined;

  constructor(place: OutputTarget) {
    this.place = place;
  }

  get count(): number {
    return this.children.size;
  }

  /** Starts a command for a scheduled time. Errors are logged, so that they don't prevent the next start. */
  start(command: Pick<CommandFacts, "name" | "log">, slot: number | undefined): void {
    this.startWith(command.name, logFileOf(command), (stdio) => spawnCommand(command.name, slot, stdio));
  }

  startMonitor(): void {
    this.startWith(monitorEntry.name, monitorLog(), spawnMonitor);
  }

  signal(signal: NodeJS.Signals): void {
    for (const child of this.children) child.kill(signal);
  }

  /** Resolves once no command is running. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.onIdle = resolve;
      this.checkIdle();
    });
  }

  private startWith(name: string, file: string, spawn: (stdio: StdioOptions) => ChildProcess): void {
    try {
      this.follow(name, this.spawnInto(file, spawn));
    } catch (error) {
      logError("Command not started", error, { command: name });
    }
  }

  private spawnInto(file: string, spawn: (stdio: StdioOptions) => ChildProcess): ChildProcess {
    if (this.place === "stdout") return spawn(["ignore", "inherit", "inherit"]);
    const log = openLog(file);
    try {
      return spawn(["ignore", log, log]);
    } finally {
      closeSync(log);
    }
  }

  private follow(command: string, child: ChildProcess): void {
    const startedAt = performance.now();
    this.children.add(child);
    if (child.pid !== undefined) logInfo("Command started", { command, pid: child.pid });
    const forget = () => {
      this.children.delete(child);
      this.checkIdle();
    };
    child.on("error", (error) => {
      logError("Command not started", error, { command });
      forget();
    });
    child.on("exit", (status, signal) => {
      logEnd(
        command,
        signal ? 128 + constants.signals[signal] : (status ?? 1),
        performance.now() - startedAt,
      );
      forget();
    });
  }

  private checkIdle(): void {
    if (this.children.size === 0) this.onIdle?.();
  }
}

function logEnd(command: string, status: number, milliseconds: number): void {
  const took = formatDuration(milliseconds);
  if (status === 0) logInfo("Command ended", { command, took });
  else logError("Command failed", { command, status, took });
}
