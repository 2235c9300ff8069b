import { bullFunction } from "../package";

/** The number of arguments of a new job, see `addArguments`. */
export const fieldsOfJob = 13;

/**
 * Adds jobs with BullMQ's scripts. `add(at)` reads the job's arguments starting at ARGV[at], and returns the id and
 * whether the job is new.
 */
export function addLua(): string {
  return `
${bullFunction("addStandardJob")}
${bullFunction("addPrioritizedJob")}
${bullFunction("addDelayedJob")}
-- "rescheduledFrom" is for workers of the previous release, which read that name.
local extras = {{6, "userId"}, {7, "cron"}, {8, "timezone"}, {9, "rescheduleDelay"}, {10, "removeDelay"},
  {11, "rescheduledFromJob"}, {11, "rescheduledFrom"}, {12, "retryPolicy"}}
local lastId
local noOptions = cmsgpack.pack({})

-- All queues share one id sequence. Another program (a dashboard's "duplicate") takes ids from a queue's own counter,
-- so continue after whichever is higher.
local function nextId(queue)
  lastId = lastId or tonumber(call("GET", root .. "id")) or 0
  if not queue.isNumbered then
    queue.isNumbered = true
    call("SADD", root .. "types", queue.type)
    lastId = math.max(lastId, tonumber(call("GET", queue.id)) or 0)
  end
  lastId = lastId + 1
  return text(lastId)
end

local function numbered()
  if not lastId then return end
  call("SET", root .. "id", text(lastId))
  for _, queue in pairs(queues) do
    if queue.isNumbered then call("SET", queue.id, text(lastId)) end
  end
end

local function add(at)
  local queue = queueOf(ARGV[at])
  local data, priority, unique = ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 5]
  local delay = tonumber(ARGV[at + 4]) or 0
  if ARGV[at + 3] ~= "" then delay = ARGV[at + 3] - now end
  local id = nextId(queue)
  local args = {queue.prefix, id, queue.type, text(now)}
  local options = noOptions
  if priority > 0 or delay > 0 or unique ~= "" then
    local given = {}
    if priority > 0 then given.priority = priority end
    if delay > 0 then given.delay = delay end
    if unique ~= "" then
      given.de = {id = unique}
      args[9] = queue.prefix .. "de:" .. unique
    end
    options = cmsgpack.pack(given)
  end
  local values = {cmsgpack.pack(args), data, options}
  local added
  if delay > 0 then
    added = addDelayedJob({queue.marker, queue.meta, queue.id, queue.delayed, queue.completed, queue.events}, values)
  elseif priority > 0 then
    added = addPrioritizedJob({queue.marker, queue.meta, queue.id, queue.prioritized, queue.delayed, queue.completed,
      queue.active, queue.events, queue.pc}, values)
    if added == id then orderByAge(queue, id) end
  else
    added = addStandardJob({queue.wait, queue.paused, queue.meta, queue.id, queue.completed, queue.delayed, queue.active,
      queue.events, queue.marker}, values)
  end
  if added ~= id then return added, 0 end
  local more = {}
  for _, extra in ipairs(extras) do
    local value = ARGV[at + extra[1]]
    if value ~= "" then
      more[#more + 1] = extra[2]
      more[#more + 1] = value
    end
  end
  if #more > 0 then call("HSET", queue.prefix .. id, unpack(more)) end
  if ARGV[at + 6] ~= "" then call("SADD", openKey(queue, ARGV[at + 6], ARGV[at + 7] ~= ""), id) end
  return id, 1
end
`;
}

/** ARGV: prefix, then the jobs. Returns the id of each, and whether it is new. */
export const pushLua = (): string => `
${addLua()}
local pushed = {}
for at = 2, #ARGV, ${fieldsOfJob} do
  pushed[#pushed + 1], pushed[#pushed + 2] = add(at)
end
numbered()
wake()
return pushed
`;
