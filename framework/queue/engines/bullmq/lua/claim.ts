import { bullFunction } from "../package";
import { middle } from "../priority";

/**
 * ARGV: prefix, worker, how many jobs, how many types are named, these types (none: all), then types and
 * their limits. Returns the time, when the next delayed job is due (or ""), and the jobs: type, id and
 * BullMQ's hash of each.
 */
export const claimLua = (): string => `
${bullFunction("moveToActive")}
local worker, wanted, named = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if call("EXISTS", root .. "paused") == 1 then return {text(now), "", {}} end
local types = named > 0 and {unpack(ARGV, 5, 4 + named)} or call("SMEMBERS", root .. "types")
local limits = {}
for at = 5 + named, #ARGV, 2 do limits[ARGV[at]] = tonumber(ARGV[at + 1]) end
local nextDue

-- BullMQ would put a job that became due behind all waiting jobs. Put it in front of them instead.
local function promote(queue)
  local due = call("ZRANGEBYSCORE", queue.delayed, 0, (now + 1) * 0x1000 - 1, "LIMIT", 0, 1000)
  if #due == 0 then return end
  call("ZREM", queue.delayed, unpack(due))
  table.sort(due, function(a, b) return tonumber(a) > tonumber(b) end)
  for _, id in ipairs(due) do
    local key = queue.prefix .. id
    local priority = tonumber(call("HGET", key, "priority")) or 0
    if priority == 0 then
      call("RPUSH", queue.wait, id)
    else
      call("ZADD", queue.prioritized, priority * 0x100000000 + id % 0x100000000, id)
    end
    call("XADD", queue.events, "*", "event", "waiting", "jobId", id, "prev", "delayed")
    call("HSET", key, "delay", 0)
  end
end

local function promoteAll(queue)
  while true do
    local first = call("ZRANGE", queue.delayed, 0, 0, "WITHSCORES")
    if #first == 0 then return end
    local due = math.floor(first[2] / 0x1000)
    if due > now then
      nextDue = math.min(nextDue or due, due)
      return
    end
    promote(queue)
  end
end

-- A job whose id isn't a number was added by another program. Fail it, so that it doesn't block the jobs behind it.
local function nextWaiting(queue)
  while true do
    local id = call("LINDEX", queue.wait, -1)
    if not id or tonumber(id) then return id end
    call("LREM", queue.wait, -1, id)
    call("ZADD", queue.failed, now, id)
    call("HSET", queue.prefix .. id, "failedReason", "its id is not a number, as laju's ids are", "finishedOn", text(now))
  end
end

-- Note the first job of each list as a number that can be compared across queues: its priority, then its age.
local function lookAtWaiting(queue)
  local waiting = nextWaiting(queue)
  queue.waiting = waiting and ${middle} * 0x100000000 + waiting % 0x100000000 or math.huge
end

local function lookAtPrioritized(queue)
  queue.first = tonumber(call("ZRANGE", queue.prioritized, 0, 0, "WITHSCORES")[2]) or math.huge
end

local function choose(queue)
  queue.head = math.min(queue.waiting, queue.first)
end

local ready = {}
for _, type in ipairs(types) do
  local queue = queueOf(type)
  promoteAll(queue)
  queue.room = limits[type] and limits[type] - call("LLEN", queue.active) or wanted
  lookAtWaiting(queue)
  lookAtPrioritized(queue)
  choose(queue)
  if queue.room > 0 then ready[#ready + 1] = queue end
end

local function first()
  local best
  for _, queue in ipairs(ready) do
    if queue.head < math.huge and (not best or queue.head < best.head) then best = queue end
  end
  return best
end

-- The token "0" means no BullMQ lock: the job names its worker, and the worker's lease shows whether it is alive.
local options = cmsgpack.pack({token = "0", lockDuration = 0, name = worker})
local function take(queue)
  -- BullMQ starts jobs without a priority first. If the next job has a priority, replace that list with an empty one.
  local isPrioritized = queue.first < queue.waiting
  local wait = isPrioritized and root .. "none" or queue.wait
  local keys = {wait, queue.active, queue.prioritized, queue.events, queue.stalled, queue.limiter, queue.delayed,
    queue.paused, queue.meta, queue.pc, queue.marker}
  local taken = moveToActive(keys, {queue.prefix, text(now), options})
  queue.room = queue.room - 1
  if isPrioritized then lookAtPrioritized(queue) else lookAtWaiting(queue) end
  choose(queue)
  local isTaken = type(taken[1]) == "table"
  -- If BullMQ returned no job, the queue is paused, or limited by BullMQ's own settings.
  if queue.room <= 0 or not isTaken then queue.head = math.huge end
  return isTaken and {queue.type, taken[2], taken[1]} or nil
end

local claimed = {}
while #claimed < wanted do
  local queue = first()
  if not queue then break end
  claimed[#claimed + 1] = take(queue)
end
if #claimed > 0 then call("HINCRBY", root .. "holding", worker, #claimed) end
return {text(now), nextDue and text(nextDue) or "", claimed}
`;
