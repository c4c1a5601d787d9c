import type { TransportMessage } from '../server/channel/entry.js'
import { messageFields } from './stored-entry.js'

/**
 * Appends an event unless the stream holds one with its key, and gives the id of the one that is there. Beside the stream
 * lies a sorted set: the time of each event that has a key. The event itself is looked for in the stream, so that a set
 * that Redis lost, or that is older than the stream, costs no event.
 *
 * KEYS: the stream, the set. ARGV: channel, key, milliseconds to expire or '', then the rest of XADD.
 */
const SCRIPT = `
local member = ARGV[1] .. '\\0' .. ARGV[2]
local expire = ARGV[3]
local keyed = ARGV[2] ~= ''
if keyed then
  local time = redis.call('ZSCORE', KEYS[2], member)
  if time then
    local at = string.format('%.0f', time)
    for _, entry in ipairs(redis.call('XRANGE', KEYS[1], at, at)) do
      local key, channel = '', ''
      for i = 1, #entry[2], 2 do
        if entry[2][i] == 'key' then key = entry[2][i + 1] end
        if entry[2][i] == 'channel' then channel = entry[2][i + 1] end
      end
      if key == ARGV[2] and channel == ARGV[1] then return entry[1] end
    end
  end
end
local id = redis.call('XADD', KEYS[1], unpack(ARGV, 4))
if keyed then
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', '1')
  if first[1] then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.match(first[1][1], '%d+')) end
  redis.call('ZADD', KEYS[2], string.match(id, '%d+'), member)
end
if expire ~= '' then
  redis.call('PEXPIRE', KEYS[1], expire)
  redis.call('PEXPIRE', KEYS[2], expire)
end
return id
`

export interface AppendOptions {
  readonly channel: string
  readonly maxLen: number
  readonly expire?: number | undefined
}

/** The command that publishes an event to the stream `key`. Its answer is the id. */
export function appendCommand(key: string, message: TransportMessage, options: AppendOptions): string[] {
  const { channel, maxLen, expire } = options
  const trim = maxLen === Infinity ? [] : ['MAXLEN', '~', String(maxLen)]
  const words = [...trim, '*', ...messageFields(channel, message)]
  if (message.key === undefined && expire === undefined) return ['XADD', key, ...words]
  return ['EVAL', SCRIPT, '2', key, `${key}:keys`, channel, message.key ?? '', String(expire ?? ''), ...words]
}
