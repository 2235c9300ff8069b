import { paths } from "../../config/config";
import { hostName } from "../../process/thisProcess";
import type { NoticeContent } from "./noticeText";

/** A notification about this host that is not in the ledger. `reason` is its title, and `output` the text below the facts. */
export function hostNotice(reason: string, output: string, now: number): NoticeContent {
  return {
    event: "failure",
    name: "host",
    description: "",
    host: hostName(),
    app: paths.root,
    incident: {
      id: 0,
      name: "host",
      kind: "host",
      reason,
      runId: null,
      openedAt: now,
      closedAt: null,
      closedRunId: null,
      closedBecause: null,
      acknowledgedAt: null,
      acknowledgeReason: null,
    },
    run: undefined,
    failures: undefined,
    output,
    rawOutput: output,
  };
}
