/**
 * The prelude of every script. Besides BullMQ's keys (`prefix:type:wait` and so on), laju has its own:
 *
 *   prefix:id        the last id assigned, one sequence for all types
 *   prefix:types     the names of all queues
 *   prefix:workers   by worker: its registration, as JSON
 *   prefix:leases    by worker: when its lease expires
 *   prefix:holding   by worker: how many jobs it holds
 *   prefix:remove    jobs that have a removal time, ordered by it
 *   prefix:paused    exists while all types are paused
 *   prefix:parked    the types that no worker handles: their ready jobs count as parked
 *   prefix:type:cancelled         canceled jobs by when they were canceled (BullMQ has no such state)
 *   prefix:type:open:USER[:cron]  a user's unfinished jobs, which a new job may replace
 */
export const base = `
local root = ARGV[1]
local call = redis.call
local function clock()
  local time = call("TIME")
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = clock()
local function text(number)
  return string.format("%.0f", number)
end

local queues = {}
local names = {"wait", "paused", "meta", "id", "completed", "failed", "cancelled", "delayed", "active", "events", "marker",
  "prioritized", "pc", "stalled", "limiter", "repeat"}
local function queueOf(type)
  local queue = queues[type]
  if queue then return queue end
  queue = {type = type, prefix = root .. type .. ":"}
  for _, name in ipairs(names) do queue[name] = queue.prefix .. name end
  queues[type] = queue
  return queue
end

-- Finds the queue of a job: by its type if the caller knows the type, otherwise by searching all queues.
local function queueWith(id, type)
  if type ~= nil and type ~= "" then return queueOf(type) end
  for _, each in ipairs(call("SMEMBERS", root .. "types")) do
    if call("EXISTS", root .. each .. ":" .. id) == 1 then return queueOf(each) end
  end
end

local function openKey(queue, user, cron)
  return queue.prefix .. "open:" .. user .. (cron and ":cron" or "")
end

-- BullMQ's counter would put a returned job behind all others. Ordering by id keeps its place.
local function orderByAge(queue, id)
  local priority = tonumber(call("HGET", queue.prefix .. id, "priority")) or 0
  if priority > 0 then call("ZADD", queue.prioritized, "XX", priority * 0x100000000 + id % 0x100000000, id) end
end

local function holdsFewer(worker, count)
  if count > 0 and call("HINCRBY", root .. "holding", worker, -count) <= 0 then
    call("HDEL", root .. "holding", worker)
  end
end

-- Clean up after a job that ended, whatever its outcome.
local function ended(queue, id, user, cron)
  if user then call("SREM", openKey(queue, user, cron), id) end
end

local function removeLater(queue, id, delay)
  call("HSET", queue.prefix .. id, "removeAt", text(now + delay))
  call("ZADD", root .. "remove", now + delay, queue.type .. ":" .. id)
end

local function wake()
  call("PUBLISH", root .. "wake", "")
end
`;
