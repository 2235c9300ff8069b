import { bullFunction } from "../package";
import { addLua, fieldsOfJob } from "./add";

/** Lua that returns a job if the worker holds this claim of it (see `claimWord`). */
export const holding = `
local function heldJob(key, worker, claim)
  local job = call("HMGET", key, "pb", "ats", "userId", "cron", "removeDelay", "timestamp")
  return job[1] == worker and (job[2] or "") .. " " .. (job[6] or "") == claim and job
end
`;

/**
 * ARGV: prefix, worker, then each settlement: type, id, claim, state, result, error, its first line, delay,
 * and whether the arguments of a next job follow. Returns the ids of jobs that the worker no longer held.
 */
export const settleLua = (): string => `
${holding}
${addLua()}
${bullFunction("moveToFinished")}
${bullFunction("moveToDelayed")}
${bullFunction("retryJob")}
local worker = ARGV[2]
local settled = 0

local finishing = cmsgpack.pack({token = "0", attempts = 1, maxMetricsSize = "", keepJobs = {count = -1}})
local function finish(queue, id, job, state, value, fields)
  local key = queue.prefix .. id
  local code = moveToFinished({queue.wait, queue.active, queue.prioritized, queue.events, queue.stalled, queue.limiter,
    queue.delayed, queue.paused, queue.meta, queue.pc, queue[state], key, queue.prefix .. "metrics:" .. state,
    queue.marker}, {id, text(now), state == "completed" and "returnvalue" or "failedReason", value, state, "0",
    queue.prefix, finishing, fields})
  if code < 0 then return false end
  ended(queue, id, job[3], job[4])
  if state == "completed" and job[5] then removeLater(queue, id, job[5]) end
  return true
end

local function again(queue, id, delay, fields)
  local key = queue.prefix .. id
  local code
  if delay > 0 then
    code = moveToDelayed({queue.marker, queue.active, queue.prioritized, queue.delayed, key, queue.events, queue.meta,
      queue.stalled, queue.wait, queue.limiter, queue.pc}, {queue.prefix, text(now), id, "0", text(delay), "0", fields,
      "0", ""})
  else
    code = retryJob({queue.active, queue.wait, queue.paused, key, queue.meta, queue.events, queue.delayed,
      queue.prioritized, queue.pc, queue.marker, queue.stalled}, {queue.prefix, text(now), "RPUSH", id, "0", fields})
    orderByAge(queue, id)
  end
  if code < 0 then return false end
  call("HDEL", key, "processedOn", "progress")
  return true
end

local function settle(queue, at)
  local id, claim, state, result, error = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  local job = queue and heldJob(queue.prefix .. id, worker, claim)
  if not job then return false end
  if state == "completed" then
    return finish(queue, id, job, state, result, error ~= "" and cmsgpack.pack({"stacktrace", error}) or "")
  end
  local reason = ARGV[at + 6]
  if state == "failed" then
    return finish(queue, id, job, state, reason, cmsgpack.pack({"stacktrace", error}))
  end
  return again(queue, id, tonumber(ARGV[at + 7]), cmsgpack.pack({"stacktrace", error, "failedReason", reason}))
end

-- Whether the cron job already has its next run, because it was rescheduled while it ran.
local function isSucceeded(next)
  local user, cron = ARGV[next + 6], ARGV[next + 7]
  if user == "" or cron == "" then return false end
  local queue = queueOf(ARGV[next])
  for _, other in ipairs(call("SMEMBERS", openKey(queue, user, true))) do
    local key = queue.prefix .. other
    if call("EXISTS", key) == 1 and not call("HGET", key, "processedOn") then return true end
  end
  return false
end

local lost = {}
local at = 3
local isNews = false
while at <= #ARGV do
  local id, hasNext = ARGV[at + 1], ARGV[at + 8] == "1"
  if settle(queueWith(id, ARGV[at]), at) then
    settled = settled + 1
    if hasNext and not isSucceeded(at + 9) then add(at + 9) end
    -- Wake the workers, so that they learn when the new or retried job is due.
    isNews = isNews or hasNext or ARGV[at + 3] == "retry"
  else
    lost[#lost + 1] = id
  end
  at = at + 9 + (hasNext and ${fieldsOfJob} or 0)
end
holdsFewer(worker, settled)
numbered()
if isNews then wake() end
return lost
`;

/** ARGV: prefix, worker, then type, id, claim and JSON of each job. */
export const progressLua = (): string => `
${holding}
${bullFunction("updateProgress")}
for at = 3, #ARGV, 4 do
  local id = ARGV[at + 1]
  local queue = queueWith(id, ARGV[at])
  if queue and heldJob(queue.prefix .. id, ARGV[2], ARGV[at + 2]) then
    updateProgress({queue.prefix .. id, queue.events, queue.meta}, {id, ARGV[at + 3]})
  end
end
`;

/** Lua that puts an active job back in its place in the queue. Returns whether the job was active. */
export const returning = (): string => `
${bullFunction("moveJobFromActiveToWait")}
local function giveBack(queue, id, isCounted)
  if call("LREM", queue.active, -1, id) == 0 then return false end
  local key = queue.prefix .. id
  -- Move the job to the end at which BullMQ starts to search, because the list may be long.
  call("LPUSH", queue.active, id)
  moveJobFromActiveToWait({queue.active, queue.wait, queue.stalled, queue.paused, queue.meta, queue.limiter,
    queue.prioritized, queue.marker, queue.events}, {id, "0", key})
  orderByAge(queue, id)
  if not isCounted then call("HINCRBY", key, "spent", 1) end
  call("HDEL", key, "processedOn")
  return true
end
`;

/** ARGV: prefix, worker, then type, id and claim of each job. The job to start last comes first. */
export const releaseLua = (): string => `
${holding}
${returning()}
local released = 0
for at = 3, #ARGV, 3 do
  local id = ARGV[at + 1]
  local queue = queueWith(id, ARGV[at])
  if queue and heldJob(queue.prefix .. id, ARGV[2], ARGV[at + 2]) and giveBack(queue, id, false) then
    released = released + 1
  end
end
holdsFewer(ARGV[2], released)
if released > 0 then wake() end
`;
