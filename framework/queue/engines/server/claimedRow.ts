import type { ClaimedJob } from "../../engine";
import { claimedJob, hasNothingRare, nothingRare, rareColumns, rareOf } from "../claimedJob";

/** The columns of a ClaimedJob, in the order in which `toClaimed` reads them. */
export function claimedColumns(jsonArray: string, isCurrent: boolean): string {
  return `id, attempts, type, user_id, data, created_at, sort_order,
    case when ${hasNothingRare(isCurrent)} then null else ${jsonArray}(${rareColumns(isCurrent)}) end`;
}

export function toClaimed(row: unknown[]): ClaimedJob {
  const rare = row[7];
  if (rare === null) return claimedJob(row, nothingRare);
  return claimedJob(row, rareOf(typeof rare === "string" ? JSON.parse(rare) : rare));
}
