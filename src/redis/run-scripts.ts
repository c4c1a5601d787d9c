/**
 * What happens to a run in Redis, one script for each step. Times are those of Redis.
 *
 * KEYS[1] is the run: a hash with `token`, `state`, `until` (when the lease runs out), `lease`, `keep` and `count`. The
 * streams have the token in their names. All of them expire by themselves: `keep` after the lease, or after the end.
 */
const HEAD = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run = redis.call('HMGET', KEYS[1], 'token', 'state', 'until', 'lease', 'keep', 'count')
local token, state = run[1], run[2]
if state == 'running' and tonumber(run[3]) <= now then state = 'lost' end
`

/** KEYS[2] is the log, KEYS[3] the stream that has one entry after the end. */
const RENEW = `
local function renew()
  local lifetime = run[4] + run[5]
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + run[4]))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lifetime))
  redis.call('PEXPIRE', KEYS[2], string.format('%.0f', lifetime))
end
`

/** ARGV: token, lease, keep. */
export const CLAIM: string = `${HEAD}
if token and state ~= 'lost' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'state', 'running', 'lease', ARGV[2], 'keep', ARGV[3], 'count', '0',
  'until', string.format('%.0f', now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ARGV[2] + ARGV[3]))
return 1
`

/** ARGV: token, count, records. */
export const APPEND: string = `${HEAD}${RENEW}
if token ~= ARGV[1] then return 'lost' end
if state ~= 'running' then return state end
local count = tonumber(run[6])
if count ~= tonumber(ARGV[2]) then return 'lost' end
for i = 3, #ARGV do
  count = count + 1
  redis.call('XADD', KEYS[2], string.format('%.0f-0', count), 'r', ARGV[i])
end
redis.call('HSET', KEYS[1], 'count', string.format('%.0f', count))
renew()
return 'running'
`

/** ARGV: token. */
export const RENEWAL: string = `${HEAD}${RENEW}
if token ~= ARGV[1] then return 'lost' end
if state == 'running' then renew() end
return state
`

/** ARGV: token, state. Gives the state before. */
export const END: string = `${HEAD}
if token ~= ARGV[1] then return false end
if state ~= 'running' then return state end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
redis.call('XADD', KEYS[3], '1-0', 'state', ARGV[2])
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], run[5]) end
return 'running'
`

/** ARGV: token. Watchers are told by an entry, which goes soon. */
export const FORGET: string = `${HEAD}
if token ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
if state == 'running' then
  redis.call('XADD', KEYS[3], '1-0', 'state', 'lost')
  redis.call('PEXPIRE', KEYS[3], 60000)
end
return 1
`

/** Gives token, state, count and what is left of the lease. */
export const LOOK: string = `${HEAD}
if not token then return false end
local left = 0
if state == 'running' then left = run[3] - now end
return { token, state, run[6], string.format('%.0f', left) }
`
