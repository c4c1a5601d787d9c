import { RedisTransportError, type RedisErrorCode } from './redis-error.js'

/** What Redis refuses a command with begins with one word in capitals; errors of a connection do not. */
const REPLY = /^([A-Z][A-Z0-9]*) /

const REPLIES: Readonly<Record<string, readonly [code: RedisErrorCode, advice: string]>> = {
  NOPERM: ['ERR_REDIS_PERMISSION', 'The user needs +xadd +xread +xrange +xrevrange +time, and the key.'],
  NOAUTH: ['ERR_REDIS_PERMISSION', 'Give the client a user and a password.'],
  WRONGPASS: ['ERR_REDIS_PERMISSION', 'Give the client the right user and password.'],
  WRONGTYPE: ['ERR_REDIS_WRONG_TYPE', 'The key holds something else than a stream. Choose another one.'],
  OOM: ['ERR_REDIS_MEMORY', 'Redis is at its maxmemory. Give it more, or lower maxLen.'],
}

const REFUSED = ['ERR_REDIS_REFUSED', 'See the cause.'] as const

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The word that Redis refused a command with; `undefined` for an error of another kind. */
export function replyCode(error: unknown): string | undefined {
  return REPLY.exec(messageOf(error instanceof RedisTransportError ? error.cause : error))?.[1]
}

/** Whether Redis has no room for a connection. */
export function isFull(error: unknown): boolean {
  return messageOf(error).startsWith('ERR max number of clients')
}

/** Whether a connection was closed that had been there. */
export function isCut(error: unknown): boolean {
  return /EPIPE|ECONNRESET|closed/i.test(messageOf(error))
}

/**
 * The error for what a client library threw.
 *
 * @param what What was being done, as in "Redis did not ...".
 * @param published For errors that are no answer of Redis.
 */
export function toRedisError(error: unknown, what: string, published: 'no' | 'unknown' = 'no'): RedisTransportError {
  if (error instanceof RedisTransportError) return error
  const message = messageOf(error)
  const word = replyCode(error)
  if (word === undefined) {
    return new RedisTransportError('ERR_REDIS_CONNECTION', `Redis did not ${what}: ${message}`, {
      published,
      cause: error,
    })
  }
  const [code, advice] = (Object.hasOwn(REPLIES, word) && REPLIES[word]) || REFUSED
  return new RedisTransportError(code, `Redis did not ${what}: ${message.replace(/\.?$/, '.')} ${advice}`, {
    cause: error,
  })
}
