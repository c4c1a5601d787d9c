import { replyCode } from './failure.js'
import type { Link } from './link.js'
import { RedisTransportError } from './redis-error.js'
import { markFields, readEntries, type Mark, type StoredEntry } from './stored-entry.js'
import { compareStreamIds, idAfter, idBefore, timeOf } from './stream-id.js'

/** How far to look for the mark of another process. */
const MARK_SEARCH = 1000

const UNKNOWN = 0

/** Where to read from. */
export interface Place {
  readonly position: string
  /** What follows it, as far as it was read. */
  readonly entries: readonly StoredEntry[]
}

/**
 * The place before which nothing is of interest: what was added since `began`, by the monotonic clock of
 * this process, comes after it. A reader that was let in before Redis answered misses nothing.
 *
 * @param earlier An entry known to have been there by then. Clock and ids are exact to the millisecond alone.
 */
export async function findStart(link: Link, key: string, began: number, earlier?: string): Promise<Place> {
  const [[newest], now] = await Promise.all([ask(link, ['XREVRANGE', key, '+', '-', 'COUNT', '1']), timeOfRedis(link)])
  const since = Math.floor(now - (performance.now() - began))
  if (newest) {
    const time = timeOf(newest.id)
    // An entry from the future: the clock was set back, and tells nothing about what is new.
    if (time < since || time > now) return at(newest.id)
  } else {
    const mark = await addMark(link, key, 'start')
    if (now === UNKNOWN) return at(mark)
  }
  if (earlier && timeOf(earlier) >= since) {
    const [entry] = await ask(link, ['XRANGE', key, earlier, earlier])
    if (entry) return at(entry.id)
  }
  const [before] = await ask(link, ['XREVRANGE', key, `(${since}-0`, '-', 'COUNT', '1'])
  if (before) return at(before.id)
  const entries = await ask(link, ['XRANGE', key, '-', '+', 'COUNT', '1'])
  const [first] = entries
  if (!first)
    throw new RedisTransportError('ERR_REDIS_REFUSED', 'The stream vanished while its beginning was looked for.')
  return first.mark ? at(first.id) : { position: idBefore(first.id), entries }
}

export interface Loss {
  /** The newest entry known to be lost, or the mark. */
  readonly last: string
  /** Another process has noticed, and left its mark. */
  readonly isMarked: boolean
}

/**
 * A place to go on from after a loss: a mark of our own. It is after all that Redis may have lost, more than
 * once maybe, while this process was cut off; and after all that readers may have who come from processes that went on
 * before, who would be given events again at an earlier place.
 */
export async function findAfterLoss(link: Link, key: string, loss: Loss): Promise<Place> {
  const isTold = loss.isMarked || (await leavesNoTrace(link, key, loss.last))
  try {
    const mark = isTold ? 'start' : 'break'
    const id = await addMark(link, key, mark)
    if (compareStreamIds(id, loss.last) > 0) return at(id)
    // The clock of this Redis is behind that of the one before. The id is one that this process has read, so that no
    // reader can push the stream ahead.
    return at((await link.send(['XADD', key, idAfter(loss.last), ...markFields(mark)])) as string)
  } catch (error) {
    // A process that may only read leaves this to the others.
    if (!replyCode(error)) throw error
    return newestOf(link, key)
  }
}

/** Whether nobody can come back across the loss of `last` without being told. */
async function leavesNoTrace(link: Link, key: string, last: string): Promise<boolean> {
  const [first] = await ask(link, ['XRANGE', key, '-', '+', 'COUNT', '1'])
  // Trimmed, flushed or replaced: nobody can come back to an entry from before.
  if (!first || compareStreamIds(first.id, last) > 0) return true
  // Older entries are there, newer ones were lost: Redis has gone back in time. Whoever comes back to one
  // of the older has to be told, by whichever process.
  const since = await ask(link, ['XRANGE', key, `(${last}`, '+', 'COUNT', String(MARK_SEARCH)])
  return since.some((entry) => entry.mark === 'break')
}

async function newestOf(link: Link, key: string): Promise<Place> {
  const [newest] = await ask(link, ['XREVRANGE', key, '+', '-', 'COUNT', '1'])
  return at(newest?.id ?? (await addMark(link, key, 'start')))
}

function at(position: string): Place {
  return { position, entries: [] }
}

async function addMark(link: Link, key: string, mark: Mark): Promise<string> {
  return (await link.send(['XADD', key, '*', ...markFields(mark)])) as string
}

async function ask(link: Link, args: readonly string[]): Promise<StoredEntry[]> {
  return readEntries(await link.send(args))
}

/** In milliseconds; `UNKNOWN` where the user may not ask. */
async function timeOfRedis(link: Link): Promise<number> {
  try {
    const [seconds, microseconds] = (await link.send(['TIME'])) as string[]
    return Number(seconds) * 1000 + Number(microseconds) / 1000
  } catch (error) {
    if (!replyCode(error)) throw error
    return UNKNOWN
  }
}
