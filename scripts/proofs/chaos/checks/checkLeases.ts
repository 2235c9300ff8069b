import { slowMachine } from "../observer";
import type { EngineName } from "../plan";
import { type History, of } from "./history";
import { broken, type Violation } from "./violation";

/** The faults that can keep a living worker from renewing its lease in time. */
const reasons: Record<EngineName, readonly string[]> = {
  sqlite: ["fullDisk", "lockFile", "clock"],
  postgresql: servers(),
  mariadb: servers(),
  redis: [...servers(), "rewind"],
};

/** How long after a fault a worker may take to notice that it lost its lease, in milliseconds. */
const lateNews = 12_000;

/** Reports workers that lost their lease although they were alive and nothing kept them from renewing it. */
export function checkLeases({ events }: History, engine: EngineName): Violation[] {
  const faults = of(events, "fault").filter(
    ({ fault }) => reasons[engine].includes(fault) || fault === slowMachine,
  );
  const frozen = of(events, "signaled").filter(({ signal }) => signal === "SIGSTOP");
  const unfounded = of(events, "lostLease").filter(({ pid, t: lost }) => {
    const wasFrozen = frozen.some(
      (event) => event.pid === pid && event.t < lost && event.t > lost - 2 * lateNews,
    );
    const wasKept = faults.some(({ t, until = t }) => t < lost && until > lost - lateNews);
    return !wasFrozen && !wasKept;
  });
  return broken(
    "a living worker keeps its lease",
    unfounded.map(
      ({ pid, t }) =>
        `process ${pid} lost its lease at ${Math.round(t)} although nothing kept it from renewing it`,
    ),
  );
}

function servers(): string[] {
  return [
    "crash",
    "halfOpen",
    "swallow",
    "swallowAndKill",
    "swallowAndTerm",
    "delay",
    "disconnect",
    "cut",
    "lateNews",
  ];
}
