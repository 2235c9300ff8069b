import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { cronEnvironment } from "../../bench/support/probe";
import { append } from "./checks/trace";
import { pause } from "./clock";
import type { Host } from "./hosts";
import type { PushOrder } from "./kinds";
import type { FaultyProxy } from "./proxy";

/** A program to keep running: it is restarted whenever it exits, as under pm2 or systemd. */
export interface Role {
  name: string;
  host: Host;
  program: string;
  options: object;
  environment: Record<string, string>;
  /** The program's proxy to the server; undefined without a server. */
  proxy?: FaultyProxy | undefined;
}

export interface Member {
  role: Role;
  child: ChildProcess | undefined;
  /** Whether the plan is going to kill this process, so its end is expected. */
  isWanted: boolean;
  isFrozen: boolean;
  log: WriteStream;
}

/** How much of a program's last output to keep, in characters. */
const longestWords = 1500;

/** All programs of the test (workers and producers) except the server. */
export class Fleet {
  readonly members: Member[] = [];
  #isOver = false;

  constructor(
    readonly folder: string,
    readonly trace: string,
  ) {}

  add(role: Role): void {
    const log = createWriteStream(join(this.folder, `${role.name}.log`));
    const member: Member = { role, child: undefined, isWanted: false, isFrozen: false, log };
    this.members.push(member);
    this.#start(member);
  }

  /**
   * Returns a member whose name has this prefix and that is running and not frozen. `place`, from 0 to 1, selects one
   * of several.
   */
  find(prefix: string, place: number): Member | undefined {
    const all = this.members.filter(({ role }) => role.name.startsWith(prefix));
    const member = all[Math.floor(place * all.length)];
    return member?.child === undefined || member.isFrozen ? undefined : member;
  }

  /** The proxies of the members whose name has this prefix. */
  proxies(prefix: string): FaultyProxy[] {
    return this.members.flatMap(({ role }) =>
      role.name.startsWith(prefix) && role.proxy ? [role.proxy] : [],
    );
  }

  /** The member with this process id. */
  withPid(pid: number | undefined): Member | undefined {
    return this.members.find(({ child }) => child !== undefined && child.pid === pid);
  }

  end(member: Member, signal: NodeJS.Signals): void {
    member.isWanted = true;
    const pid = member.child?.pid;
    if (pid !== undefined) append(this.trace, { what: "signaled", pid, signal });
    member.child?.kill(signal);
  }

  /** Makes every producer push these jobs before it continues. */
  order(jobs: PushOrder): void {
    for (const { role, child } of this.members)
      if (role.name.startsWith("producer")) child?.stdin?.write(`${JSON.stringify(jobs)}\n`);
  }

  async freeze(member: Member, ms: number): Promise<void> {
    const { child } = member;
    member.isFrozen = true;
    if (child?.pid !== undefined) append(this.trace, { what: "signaled", pid: child.pid, signal: "SIGSTOP" });
    child?.kill("SIGSTOP");
    await pause(ms);
    child?.kill("SIGCONT");
    member.isFrozen = false;
  }

  /** Stops all members whose name has this prefix and doesn't restart them. */
  async stop(prefix: string): Promise<void> {
    const leaving = this.members.filter(({ role }) => role.name.startsWith(prefix));
    for (const member of leaving) this.members.splice(this.members.indexOf(member), 1);
    await Promise.all(leaving.map((member) => this.#stopOne(member)));
    for (const { role } of leaving) role.proxy?.close();
  }

  async stopAll(): Promise<void> {
    this.#isOver = true;
    await this.stop("");
  }

  async #stopOne(member: Member): Promise<void> {
    member.isWanted = true;
    const { child } = member;
    if (child === undefined) return;
    const exit = once(child, "exit");
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await exit;
    clearTimeout(patience);
  }

  #start(member: Member): void {
    const { host, program, options, environment, name } = member.role;
    const [first = process.execPath, ...before] = [...host.wrap, process.execPath];
    const args = [...(host.wrap.length === 0 ? [] : before), program, JSON.stringify(options)];
    const env = { ...cronEnvironment(), ...environment, ...host.environment, LAJU_ROOT: this.folder };
    const child = spawn(first, args, { env, cwd: this.folder, stdio: "pipe" });
    child.stdin.on("error", () => {}); // The producer exited before it could read the order.
    const pid = child.pid as number;
    member.child = child;
    member.isWanted = false;
    append(this.trace, { what: "started", pid, name });
    let words = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        member.log.write(data);
        words = (words + data).slice(-4 * longestWords);
        if (/lost the lease/i.test(String(data))) append(this.trace, { what: "lostLease", pid });
      });
    }
    child.once("exit", (status, signal) => {
      member.child = undefined;
      // Only the plan, or a job that kills its worker, sends SIGKILL.
      const wanted = member.isWanted || signal === "SIGKILL";
      append(this.trace, { what: "gone", pid, name, wanted, how: signal ?? `status ${status}` });
      // Wait: the last output of a process can arrive after its exit.
      if (!wanted)
        child.once("close", () => append(this.trace, { what: "lastWords", pid, text: ending(words) }));
      setTimeout(() => this.#isOver || !this.members.includes(member) || this.#start(member), 300);
    });
  }
}

/** The last lines of the output, each shortened. */
function ending(words: string): string {
  const lines = words.split("\n").filter((line) => line.trim() !== "");
  return lines
    .map((line) => line.slice(0, 300))
    .join("\n")
    .slice(-longestWords);
}
