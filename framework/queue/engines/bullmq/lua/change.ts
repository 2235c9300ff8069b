import { bullFunction } from "../package";
import { addLua } from "./add";

/** Cancels an unfinished job. Returns false if it is finished or doesn't exist. */
const cancelling = `
local function removeOpen(queue, id)
  if call("ZREM", queue.delayed, id) == 1 then return "delayed" end
  if call("ZREM", queue.prioritized, id) == 1 then return "prioritized" end
  if call("LREM", queue.active, -1, id) == 1 then return "active" end
  if call("LREM", queue.wait, -1, id) == 1 then return "waiting" end
end

local function cancel(queue, id, successor)
  local previous = removeOpen(queue, id)
  if not previous then return false end
  local key = queue.prefix .. id
  local job = call("HMGET", key, "pb", "deid", "userId", "cron")
  if previous == "active" and job[1] then holdsFewer(job[1], 1) end
  if job[2] and call("GET", queue.prefix .. "de:" .. job[2]) == id then call("DEL", queue.prefix .. "de:" .. job[2]) end
  call("HDEL", key, "pb")
  call("HSET", key, "finishedOn", text(now), unpack(successor and {"successor", successor} or {}))
  call("ZADD", queue.cancelled, now, id)
  call("XADD", queue.events, "*", "event", "failed", "jobId", id, "failedReason", "cancelled", "prev", previous)
  ended(queue, id, job[3], job[4])
  return true
end
`;

/** ARGV: prefix, ids. Returns the ids that were canceled. */
export const cancelLua = (): string => `
${cancelling}
local cancelled = {}
for at = 2, #ARGV do
  local queue = queueWith(ARGV[at])
  if queue and cancel(queue, ARGV[at]) then cancelled[#cancelled + 1] = ARGV[at] end
end
return cancelled
`;

/**
 * ARGV: prefix, the age from which a running job is stale, the job. Returns the job's id, then the ids of the canceled
 * jobs.
 */
export const replaceLua = (): string => `
${addLua()}
${cancelling}
local stale, user, isCron = tonumber(ARGV[2]), ARGV[9], ARGV[10] ~= ""
local id = add(3)
numbered()
local answer = {id}
local queue = queueOf(ARGV[3])
local function mayGo(other)
  local startedAt = call("HGET", queue.prefix .. other, "processedOn")
  return not startedAt or tonumber(startedAt) < now - stale
end
if user ~= "" then
  for _, other in ipairs(call("SMEMBERS", openKey(queue, user, isCron))) do
    if call("EXISTS", queue.prefix .. other) == 0 then
      -- Another program deleted the job.
      call("SREM", openKey(queue, user, isCron), other)
    elseif other ~= id and mayGo(other) and cancel(queue, other, id) then
      answer[#answer + 1] = other
    end
  end
end
wake()
return answer
`;

const again = (): string => `
${bullFunction("reprocessJob")}
local function again(queue, id, state)
  local key = queue.prefix .. id
  -- Don't retry a job whose unique key now belongs to an unfinished job.
  local unique = call("HGET", key, "deid")
  local holder = unique and call("GET", queue.prefix .. "de:" .. unique)
  if holder and holder ~= id and call("EXISTS", queue.prefix .. holder) == 1 then return false end
  local code = reprocessJob({key, queue.events, queue[state], queue.wait, queue.meta, queue.active, queue.marker,
    queue.prioritized, queue.pc}, {id, "RPUSH", "failedReason", "failed", "0", "0"})
  if code ~= 1 then return false end
  orderByAge(queue, id)
  if unique then call("SET", queue.prefix .. "de:" .. unique, id) end
  local job = call("HMGET", key, "ats", "userId", "cron")
  call("HSET", key, "spent", job[1] or 0)
  call("HDEL", key, "crashes", "stacktrace", "progress", "removeAt", "successor", "pb")
  call("ZREM", root .. "remove", queue.type .. ":" .. id)
  if job[2] then call("SADD", openKey(queue, job[2], job[3]), id) end
  return true
end
`;

/** ARGV: prefix, ids. Returns the ids that are ready again. */
export const retryLua = (): string => `
${again()}
local retried = {}
for at = 2, #ARGV do
  local id = ARGV[at]
  local queue = queueWith(id)
  if queue and (again(queue, id, "failed") or again(queue, id, "cancelled")) then retried[#retried + 1] = id end
end
if #retried > 0 then wake() end
return retried
`;

/**
 * ARGV: prefix, the maximum number of jobs to retry. Returns the ids that are ready again, or none if no failed jobs
 * are left.
 */
export const retryFailedLua = (): string => `
${again()}
local retried = {}
local most = tonumber(ARGV[2])
for _, type in ipairs(call("SMEMBERS", root .. "types")) do
  local queue = queueOf(type)
  -- Skip jobs whose unique key now belongs to another job. They stay failed.
  local stay = 0
  while #retried < most do
    local ids = call("ZRANGE", queue.failed, stay, stay + most - #retried - 1)
    if #ids == 0 then break end
    for _, id in ipairs(ids) do
      if again(queue, id, "failed") then retried[#retried + 1] = id else stay = stay + 1 end
    end
  end
end
if #retried > 0 then wake() end
return retried
`;

/** ARGV: prefix, type ("*": all), "paused" or "resumed". */
export const pauseLua = (): string => `
${bullFunction("pause")}
local type, state = ARGV[2], ARGV[3]
local function keep(queue)
  local from, to = queue.wait, queue.paused
  if state == "resumed" then from, to = to, from end
  -- An older BullMQ moved the jobs of a paused queue to another list. Move them back, in portions.
  while pause({from, to, queue.meta, queue.prioritized, queue.events, queue.delayed, queue.marker}, {state, "1"}) > 0 do end
end
if type ~= "*" then
  call("SADD", root .. "types", type)
  keep(queueOf(type))
elseif state == "paused" then
  call("SET", root .. "paused", text(now))
else
  call("DEL", root .. "paused")
end
wake()
`;
