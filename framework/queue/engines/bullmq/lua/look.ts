import { bullFunction } from "../package";

/**
 * Returns for each type its name and how many jobs are scheduled, pending, parked, processing, completed,
 * failed, canceled.
 */
export const countsLua = (): string => `
local counts = {}
for _, type in ipairs(call("SMEMBERS", root .. "types")) do
  local queue = queueOf(type)
  local ready = call("LLEN", queue.wait) + call("LLEN", queue.paused) + call("ZCARD", queue.prioritized)
  local isParked = call("SISMEMBER", root .. "parked", type) == 1
  counts[#counts + 1] = {type, call("ZCARD", queue.delayed), isParked and 0 or ready, isParked and ready or 0,
    call("LLEN", queue.active), call("ZCARD", queue.completed), call("ZCARD", queue.failed),
    call("ZCARD", queue.cancelled)}
end
return counts
`;

const states = `
local function some(queue, state, most)
  local set = ({scheduled = "delayed", completed = "completed", failed = "failed", cancelled = "cancelled"})[state]
  if set then return call("ZREVRANGE", queue[set], 0, most - 1) end
  local isParked = call("SISMEMBER", root .. "parked", queue.type) == 1
  if state == "pending" and isParked or state == "parked" and not isParked then return {} end
  if state == "processing" then return call("LRANGE", queue.active, 0, most - 1) end
  local pending = call("LRANGE", queue.wait, 0, most - 1)
  for _, list in ipairs({call("LRANGE", queue.paused, 0, most - 1), call("ZREVRANGE", queue.prioritized, 0, most - 1)}) do
    for _, id in ipairs(list) do pending[#pending + 1] = id end
  end
  return pending
end
`;

/**
 * ARGV: prefix, limit, user (or ""), how many jobs of each state and queue to read, how many states, these
 * states, then the types (none: all). Returns type, id, state, BullMQ's score (delayed jobs only) and the
 * hash of each job, newest first.
 */
export const listLua = (): string => `
${states}
local limit, user, most, count = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local types = {unpack(ARGV, 6 + count)}
if #types == 0 then types = call("SMEMBERS", root .. "types") end
local found = {}
for _, type in ipairs(types) do
  for at = 6, 5 + count do
    for _, id in ipairs(some(queueOf(type), ARGV[at], most)) do
      found[#found + 1] = {type, id, ARGV[at], tonumber(id) or 0}
    end
  end
end
table.sort(found, function(a, b) return a[4] > b[4] end)
local listed = {}
for _, job in ipairs(found) do
  if #listed >= limit then break end
  local key = root .. job[1] .. ":" .. job[2]
  if user == "" or call("HGET", key, "userId") == user then
    local due = call("ZSCORE", root .. job[1] .. ":delayed", job[2])
    listed[#listed + 1] = {job[1], job[2], job[3], due, call("HGETALL", key)}
  end
end
return listed
`;

/** ARGV: prefix, id. Returns one row like those of listLua; nothing if the job doesn't exist. */
export const findLua = (): string => `
local id = ARGV[2]
local queue = queueWith(id)
if not queue then return {} end
local function stateOf()
  for state, set in pairs({scheduled = "delayed", pending = "prioritized", completed = "completed", failed = "failed",
    cancelled = "cancelled"}) do
    if call("ZSCORE", queue[set], id) then return state end
  end
  for _, each in ipairs(call("LRANGE", queue.active, 0, -1)) do
    if each == id then return "processing" end
  end
  return "pending"
end
local state = stateOf()
if state == "pending" and call("SISMEMBER", root .. "parked", queue.type) == 1 then state = "parked" end
return {queue.type, id, state, call("ZSCORE", queue.delayed, id), call("HGETALL", queue.prefix .. id)}
`;

/** Returns the paused types; "*" stands for all. */
export const pausedLua = (): string => `
local paused = {}
if call("EXISTS", root .. "paused") == 1 then paused[1] = "*" end
for _, type in ipairs(call("SMEMBERS", root .. "types")) do
  if call("HEXISTS", queueOf(type).meta, "paused") == 1 then paused[#paused + 1] = type end
end
return paused
`;

/**
 * ARGV: prefix, how long finished jobs are kept, the maximum number to delete, then for each type and state how many of
 * its oldest jobs the previous call kept. Returns how many were deleted, then these numbers for the next call.
 */
export const pruneLua = (): string => `
${bullFunction("removeJob")}
local keep, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local deleted = 0
local function delete(queue, id)
  local key = queue.prefix .. id
  -- A canceled job is in none of BullMQ's states, so removeJob would search all waiting jobs for it.
  if call("ZREM", queue.cancelled, id) == 1 then
    call("DEL", key, key .. ":logs")
  else
    removeJob({key, queue["repeat"]}, {id, "0", queue.prefix})
  end
  call("ZREM", root .. "remove", queue.type .. ":" .. id)
  deleted = deleted + 1
end

for _, each in ipairs(call("ZRANGEBYSCORE", root .. "remove", "-inf", now, "LIMIT", 0, limit)) do
  local type, id = each:match("^(.*):(%d+)$")
  -- Delete only completed jobs. BullMQ's own tools may have put the job back, and the previous release also listed
  -- failed jobs here.
  if call("ZSCORE", queueOf(type).completed, id) then delete(queueOf(type), id) else call("ZREM", root .. "remove", each) end
end

-- Keep jobs with a removal time. The next call starts after them.
local function pruneOld(queue, state, kept)
  while deleted < limit do
    local seen = call("ZRANGEBYSCORE", queue[state], "-inf", now - keep, "LIMIT", kept, limit - deleted)
    if #seen == 0 then return 0 end
    for _, id in ipairs(seen) do
      if state == "completed" and call("HEXISTS", queue.prefix .. id, "removeAt") == 1 then kept = kept + 1 else delete(queue, id) end
    end
  end
  return kept
end

local answer = {0}
for at = 4, #ARGV, 3 do
  answer[#answer + 1] = pruneOld(queueOf(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2]))
end
answer[1] = deleted
return answer
`;

/** Returns the names of all queues. */
export const typesLua = (): string => `return call("SMEMBERS", root .. "types")`;
