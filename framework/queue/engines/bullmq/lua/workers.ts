import { holding, returning } from "./settle";

/** ARGV: prefix, worker, its registration as JSON, its lease in milliseconds. */
export const registerLua = (): string => `
call("HSET", root .. "workers", ARGV[2], ARGV[3])
call("HSET", root .. "leases", ARGV[2], text(now + ARGV[4]))
return text(now)
`;

/**
 * Lua that calls `visit` for each job that the worker holds. Needs no index, because only a few jobs are active at a
 * time.
 */
const eachHeld = `
local function eachHeld(worker, visit)
  for _, type in ipairs(call("SMEMBERS", root .. "types")) do
    local queue = queueOf(type)
    for _, id in ipairs(call("LRANGE", queue.active, 0, -1)) do
      if call("HGET", queue.prefix .. id, "pb") == worker then visit(queue, id) end
    end
  end
end
`;

/**
 * ARGV: prefix, worker, its lease in milliseconds. Returns whether it is registered, then id, attempt and
 * time of each job it holds.
 */
export const heartbeatLua = (): string => `
${eachHeld}
local isKnown = call("HEXISTS", root .. "leases", ARGV[2])
if isKnown == 1 then call("HSET", root .. "leases", ARGV[2], text(now + ARGV[3])) end
local answer = {isKnown}
eachHeld(ARGV[2], function(queue, id)
  local job = call("HMGET", queue.prefix .. id, "ats", "timestamp")
  answer[#answer + 1] = {id, job[1], job[2]}
end)
return answer
`;

/** ARGV: prefix, worker. */
export const unregisterLua = (): string => `
call("HDEL", root .. "workers", ARGV[2])
call("HDEL", root .. "leases", ARGV[2])
`;

/** Returns the time, then the registrations, the leases, and the workers that hold jobs, each as pairs. */
export const holdersLua = (): string => `
return {text(now), call("HGETALL", root .. "workers"), call("HGETALL", root .. "leases"),
  call("HKEYS", root .. "holding")}
`;

/** ARGV: prefix, worker. Returns the jobs that the worker holds, in the form in which a claim returns jobs. */
export const heldByLua = (): string => `
${eachHeld}
local held = {}
eachHeld(ARGV[2], function(queue, id)
  held[#held + 1] = {queue.type, id, call("HGETALL", queue.prefix .. id)}
end)
return held
`;

/**
 * ARGV: prefix, the dead worker, its lease as last seen (or ""), the new owner, then for each job it holds the type, id,
 * claim and verdict ("blamed", "counted" or "returned"). The job to start last comes first. Returns the ids of the jobs
 * that the new owner now holds.
 */
export const takeOverLua = (): string => `
${eachHeld}
${holding}
${returning()}
local dead, seen, by = ARGV[2], ARGV[3], ARGV[4]
if seen ~= "" then
  if call("HGET", root .. "leases", dead) ~= seen then return {} end
  call("HDEL", root .. "workers", dead)
  call("HDEL", root .. "leases", dead)
elseif call("HEXISTS", root .. "leases", dead) == 1 then
  return {}
end
local taken, kept = 0, {}
for at = 5, #ARGV, 4 do
  local id, verdict = ARGV[at + 1], ARGV[at + 3]
  local queue = queueOf(ARGV[at])
  local key = queue.prefix .. id
  if heldJob(key, dead, ARGV[at + 2]) then
    taken = taken + 1
    call("HINCRBY", key, "crashes", 1)
    if verdict == "blamed" then
      call("HSET", key, "pb", by)
      kept[#kept + 1] = id
    else
      giveBack(queue, id, verdict == "counted")
    end
  end
end
local left = 0
eachHeld(dead, function() left = left + 1 end)
if left == 0 then call("HDEL", root .. "holding", dead) else call("HSET", root .. "holding", dead, left) end
if #kept > 0 then call("HINCRBY", root .. "holding", by, #kept) end
if taken > #kept then wake() end
return kept
`;
