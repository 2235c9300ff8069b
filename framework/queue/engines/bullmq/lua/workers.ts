/** ARGV: prefix, worker, its registration as JSON, its lease in milliseconds. */
export const registerLua = (): string => `
call("HSET", root .. "workers", ARGV[2], ARGV[3])
call("HSET", root .. "leases", ARGV[2], text(now + ARGV[4]))
return text(now)
`;

/** Calls `visit` for each job that the worker holds. Few jobs are active at a time, so no index is needed. */
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

/**
 * ARGV: prefix, the dead worker, its lease as last seen (or ""), the new owner. Returns the jobs as a claim
 * does.
 */
export const takeOverLua = (): string => `
${eachHeld}
local dead, seen, by = ARGV[2], ARGV[3], ARGV[4]
if seen ~= "" then
  if call("HGET", root .. "leases", dead) ~= seen then return {} end
  call("HDEL", root .. "workers", dead)
  call("HDEL", root .. "leases", dead)
elseif call("HEXISTS", root .. "leases", dead) == 1 then
  return {}
end
local taken = {}
eachHeld(dead, function(queue, id)
  local key = queue.prefix .. id
  call("HSET", key, "pb", by)
  call("HINCRBY", key, "crashes", 1)
  taken[#taken + 1] = {queue.type, id, call("HGETALL", key)}
end)
call("HDEL", root .. "holding", dead)
if #taken > 0 then call("HINCRBY", root .. "holding", by, #taken) end
return taken
`;
