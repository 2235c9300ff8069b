/** Returns the types that have ready jobs. */
export const readyTypesLua = (): string => `
local ready = {}
for _, type in ipairs(call("SMEMBERS", root .. "types")) do
  local queue = queueOf(type)
  if call("LLEN", queue.wait) > 0 or call("ZCARD", queue.prioritized) > 0 then ready[#ready + 1] = type end
end
return ready
`;

/**
 * ARGV: prefix, type, how long ago the type's oldest job must have been queued. Each type has its own queue, and a
 * worker claims only from the queues of its types. So no job has to be moved: all ready jobs of a parked type count as
 * parked.
 */
export const parkLua = (): string => `
local queue = queueOf(ARGV[2])
if call("SISMEMBER", root .. "parked", ARGV[2]) == 1 then return 0 end
local oldest = call("LINDEX", queue.wait, -1) or call("ZRANGE", queue.prioritized, 0, 0)[1]
if not oldest then return 0 end
local queuedAt = tonumber(call("HGET", queue.prefix .. oldest, "timestamp")) or 0
if queuedAt > now - ARGV[3] then return 0 end
call("SADD", root .. "parked", ARGV[2])
return call("LLEN", queue.wait) + call("ZCARD", queue.prioritized)
`;

/** ARGV: prefix, types. Returns how many of the types were parked. */
export const unparkLua = (): string => `
local count = 0
for at = 2, #ARGV do count = count + call("SREM", root .. "parked", ARGV[at]) end
return count
`;
