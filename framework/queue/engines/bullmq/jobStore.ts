import type { ClaimedJob, ClaimRequest, Held, Holder, Judge, Settlement } from "../../engine";
import { byStartOrder } from "../claimedJob";
import type { Claimed, JobStore } from "../exchanges";
import { sorted } from "../verdict";
import { claimWord, type JobReply, numbers, settleArguments, toClaimed } from "./fields";
import type { Scripts } from "./scripts";
import type { TypesInHand } from "./typesInHand";

/** The jobs in Redis. */
export class RedisJobStore implements JobStore {
  /** The server's clock minus this host's, in milliseconds. */
  offset = 0;

  constructor(
    readonly scripts: Scripts,
    readonly types: TypesInHand,
  ) {}

  async claim(worker: string, { limit, types = [], limits }: ClaimRequest): Promise<Claimed> {
    const given = [types.length, ...types, ...[...limits].flat()];
    const reply = await this.scripts.run<[string, string, JobReply[]]>("claim", [worker, limit, ...given]);
    const [now, due, jobs] = reply;
    this.offset = Number(now) - Date.now();
    const claimed = jobs.map(toClaimed);
    this.types.learn(claimed);
    return { claimed, nextDueIn: due === "" ? null : Math.max(0, Number(due) - Number(now)) };
  }

  async settle(
    worker: string,
    settlements: readonly Settlement[],
    progress: readonly (Held & { value: string })[],
  ): Promise<number[]> {
    const notes = progress.flatMap((job) => [...this.#words(job), job.value]);
    const told = notes.length === 0 ? undefined : this.scripts.run("progress", [worker, ...notes]);
    const words = settlements.flatMap((one) => settleArguments(one, this.types.of(one.id)));
    const lost = words.length === 0 ? [] : await this.scripts.run<string[]>("settle", [worker, ...words]);
    await told;
    this.types.forget(settlements);
    return numbers(lost);
  }

  /** Releases the first job last, because each job returns to the front of the queue. */
  async release(worker: string, jobs: readonly Held[]): Promise<void> {
    const words = [...jobs].sort((a, b) => b.id - a.id).flatMap((job) => this.#words(job));
    await this.scripts.run("release", [worker, ...words]);
    this.types.forget(jobs);
  }

  /**
   * A Lua script can't call `judge`, which runs in this process, so the jobs are read and judged first. Jobs claimed in between are
   * left for the next call.
   */
  async takeOver(dead: Holder, by: string, judge: Judge): Promise<ClaimedJob[]> {
    const reply = await this.scripts.run<JobReply[]>("heldBy", [dead.id]);
    const held = reply.map(toClaimed).sort(byStartOrder);
    const jobs = held.map((job) => ({ ...job, crashes: job.crashes + 1 }));
    const { blamed, counted } = sorted(jobs, judge);
    const verdictOf = (job: ClaimedJob) =>
      blamed.includes(job) ? "blamed" : counted.includes(job) ? "counted" : "returned";
    const words = jobs.toReversed().flatMap((job) => [job.type, job.id, claimWord(job), verdictOf(job)]);
    const seen = dead.lease?.until ?? "";
    const kept = new Set(
      numbers(await this.scripts.run<string[]>("takeOver", [dead.id, seen, by, ...words])),
    );
    const ours = blamed.filter(({ id }) => kept.has(id));
    this.types.learn(ours);
    return ours;
  }

  /** A job's type, id and claim, as the scripts expect them. */
  #words(job: Held): (string | number)[] {
    return [this.types.of(job.id), job.id, claimWord(job)];
  }
}
