import { replyCode } from './failure.js'
import { RedisTransportError } from './redis-error.js'
import { markFields, readEntries, type Mark, type StoredEntry } from './stored-entry.js'
import { compareStreamIds, idAfter, idBefore, timeOf } from './stream-id.js'
import type { Send } from './stream-reader.js'

/** How far to look for the mark of another process. */
const MARK_SEARCH = 1000

/** Where to read from. */
export interface Place {
  readonly position: string
  /** What follows it, as far as it was read. */
  readonly entries: readonly StoredEntry[]
}

export interface Beginning {
  /** By the monotonic clock of this process. */
  readonly began: number
  /** An entry known to have been there by then. Clock and ids are exact to the millisecond alone. */
  readonly earlier?: string | undefined
}

/**
 * The place to begin at: right before the first entry that was added since `began`. A reader that was let in before Redis
 * answered misses nothing. The place is the id of an entry, so that it can be looked for again.
 */
export async function findStart(send: Send, key: string, { began, earlier }: Beginning): Promise<Place> {
  const [newest, now] = await Promise.all([newestOf(send, key), timeOfRedis(send)])
  // Without the clock of Redis, nothing tells what is new: the present, then.
  if (now === undefined) return at(newest?.id ?? (await addMark(send, key, { mark: 'start' })))
  const since = Math.floor(now - (performance.now() - began))
  if (!newest) await addMark(send, key, { mark: 'start' })
  else if (timeOf(newest.id) < since) return at(newest.id)
  // From the future: the clock of Redis was set back, and tells nothing either.
  else if (timeOf(newest.id) > now) return at(newest.id)

  if (earlier && timeOf(earlier) >= since) {
    const [entry] = await ask(send, ['XRANGE', key, earlier, earlier])
    if (entry) return at(entry.id)
  }
  const [before] = await ask(send, ['XREVRANGE', key, `(${since}-0`, '-', 'COUNT', '1'])
  if (before) return at(before.id)
  return beforeFirst(send, key)
}

/** All of the stream is new. There is no entry before it, so that its first one is read here. */
async function beforeFirst(send: Send, key: string): Promise<Place> {
  const entries = await ask(send, ['XRANGE', key, '-', '+', 'COUNT', '1'])
  const [first] = entries
  if (!first) {
    const text = 'The stream vanished while its beginning was looked for.'
    throw new RedisTransportError('ERR_REDIS_REFUSED', text)
  }
  return first.mark ? at(first.id) : { position: idBefore(first.id), entries }
}

export interface Loss {
  /** The newest entry known to be lost, or the mark. */
  readonly last: string
  /** Another process has noticed, and left its mark. */
  readonly isMarked: boolean
}

/**
 * The place to go on from after a loss: a mark that this process adds. It comes after everything that Redis may have lost
 * while this process was cut off, more than once maybe. It also comes after everything that other processes have given to
 * their readers: such a reader may come here, and at an earlier place it would be given events again.
 *
 * The id of the mark is that of Redis, or follows one that this process has read. A reader's id is never used, or a
 * reader could push the stream ahead.
 */
export async function findAfterLoss(send: Send, key: string, loss: Loss): Promise<Place> {
  const mark = loss.isMarked || !(await canReturnAcross(send, key, loss.last)) ? 'start' : 'break'
  try {
    const id = await addMark(send, key, { mark })
    if (compareStreamIds(id, loss.last) > 0) return at(id)
    // The clock of this Redis is behind that of the one before.
    return at(await addMark(send, key, { mark, id: idAfter(loss.last) }))
  } catch (error) {
    if (!replyCode(error)) throw error
    // At an earlier place the readers of a process that may not write would be told of the gap before the one they have.
    const newest = await newestOf(send, key)
    if (newest && compareStreamIds(newest.id, loss.last) > 0) return at(newest.id)
    throw error
  }
}

/** Whether a reader could come back to an entry before `last` and not be told that `last` is lost. */
async function canReturnAcross(send: Send, key: string, last: string): Promise<boolean> {
  const [first] = await ask(send, ['XRANGE', key, '-', '+', 'COUNT', '1'])
  // Trimmed, flushed or replaced: there is no entry from before.
  if (!first || compareStreamIds(first.id, last) > 0) return false
  // Redis has gone back in time: older entries are there, newer ones are lost. Another process may have left its mark.
  const since = await ask(send, ['XRANGE', key, `(${last}`, '+', 'COUNT', String(MARK_SEARCH)])
  return !since.some((entry) => entry.mark === 'break')
}

async function newestOf(send: Send, key: string): Promise<StoredEntry | undefined> {
  return (await ask(send, ['XREVRANGE', key, '+', '-', 'COUNT', '1']))[0]
}

function at(position: string): Place {
  return { position, entries: [] }
}

/** Without an `id` Redis gives one. */
async function addMark(send: Send, key: string, { mark, id = '*' }: { mark: Mark; id?: string }): Promise<string> {
  return (await send(['XADD', key, id, ...markFields(mark)])) as string
}

async function ask(send: Send, args: readonly string[]): Promise<StoredEntry[]> {
  return readEntries(await send(args))
}

/** In milliseconds; `undefined` where the user may not ask. */
async function timeOfRedis(send: Send): Promise<number | undefined> {
  try {
    const [seconds, microseconds] = (await send(['TIME'])) as string[]
    return Number(seconds) * 1000 + Number(microseconds) / 1000
  } catch (error) {
    if (!replyCode(error)) throw error
    return undefined
  }
}
