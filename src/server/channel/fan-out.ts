import { Batch } from './batch.js'
import type { HubOptions } from './hub-options.js'
import type { Log } from './log.js'
import type { Pick, PickCache, Picked } from './pick.js'
import { BEHIND, LIVE, type Held } from './phase.js'
import type { HubActs } from './hub-acts.js'
import type { Reader } from './reader.js'
import type { Readers } from './readers.js'
import type { Scheduler } from './scheduler.js'
import { walk } from './turns.js'

/** Milliseconds that a timer may be late before another is set: some hosts drop timers with the request that set them. */
const GRACE = 50

export interface FanOut {
  /** What is in the log goes out in the next turn. */
  schedule(): void
  /** It goes out now, unless this is called from within. */
  flushNow(): void
  /** Resolves when publishers may go on; `undefined` where they need not wait. */
  room(): Promise<void> | undefined
  /** Gives a live reader what was published so far. */
  bringUp(reader: Reader): void
}

/** Writes what the log gets to the live readers it is for: one write for each of them and turn. */
export function createFanOut(owner: {
  readonly options: HubOptions
  readonly scheduler: Scheduler
  readonly readers: Readers
  readonly log: Log
  readonly pick: Pick
  readonly acts: HubActs
  /** Whether some readers may need what was flushed. */
  keeps(): boolean
}): FanOut {
  const { options, scheduler, readers, log, pick, acts } = owner
  const { maxBytes, policy, limits } = options
  let isScheduled = false
  let scheduledAt = 0
  let isFlushing = false
  let cancelFlush = (): void => {}
  /** Visits the rest of the readers of the flush under way. */
  let finishFlush = (): void => {}
  /** The reader whose turn it is, which calls hooks of the user. */
  let visited: Reader | undefined
  const publishers: (() => void)[] = []

  const hold = (reader: Reader, held: Held, { entries }: Picked): void => {
    for (const entry of entries) {
      const { id, event, topic, conflateKey, wire } = entry
      const key = conflateKey === undefined ? id : JSON.stringify([event, topic, conflateKey])
      held.bytes += wire.byteLength - (held.entries.get(key)?.wire.byteLength ?? 0)
      // Put in again, so that what is held stays in the order of the ids.
      held.entries.delete(key)
      held.entries.set(key, entry)
    }
    if (held.bytes > maxBytes) acts.evict(reader)
  }

  const fallBehind = (reader: Reader, picked: Picked): void => {
    if (policy === 'disconnect') return acts.evict(reader)
    acts.tell('evicted', policy, reader)
    const held: Held = { kind: 'held', entries: new Map(), bytes: 0 }
    if (reader.become(policy === 'drop' ? BEHIND : held) && policy === 'conflate') hold(reader, held, picked)
  }

  const offer = (reader: Reader, batch: Batch, cache: PickCache): void => {
    const { phase } = reader
    if ((phase !== LIVE && phase.kind !== 'held') || reader.next >= batch.end) return
    const entries = batch.of(reader.topics, reader.next)
    reader.next = batch.end
    const picked = pick(reader, entries, cache)
    // The filter may have ended it, or taken it elsewhere.
    if (!picked || reader.phase !== phase) return
    if (phase.kind === 'held') return hold(reader, phase, picked)
    const { bufferedBytes } = reader.sink
    if (bufferedBytes > 0 && bufferedBytes + picked.wire.byteLength > maxBytes) fallBehind(reader, picked)
    else acts.write(reader, phase, picked)
  }

  const visit = (reader: Reader, batch: Batch, cache: PickCache): void => {
    const outer = visited
    visited = reader
    try {
      offer(reader, batch, cache)
    } catch (error) {
      acts.fail(reader, error)
    } finally {
      visited = outer
    }
  }

  const wake = (): void => {
    for (const goOn of publishers.splice(0)) goOn()
  }

  const flush = (): void => {
    const { flushed: start, end: to } = log
    isScheduled = false
    cancelFlush()
    // It asks for another when it is done.
    if (isFlushing) return
    if (start === to) return wake()
    isFlushing = true
    const batch = new Batch(log.slice(start, to), start)
    const cache: PickCache = new Map()
    finishFlush = walk(batch.topics ? readers.of(batch.topics) : readers.all(), {
      slice: limits.slice,
      scheduler,
      visit(reader) {
        // After a reset these entries are for nobody.
        if (log.flushed === start) visit(reader, batch, cache)
      },
      done() {
        isFlushing = false
        log.trim(to, owner.keeps())
        wake()
        if (log.end > log.flushed) schedule()
      },
    })
  }

  /** A flush that the host dropped is made up for by the next that is asked for. */
  const schedule = (): void => {
    const wait = options.flush
    if (isScheduled && !(wait > 0 && scheduler.now() > scheduledAt + wait + GRACE)) return
    isScheduled = true
    if (wait > 0) {
      scheduledAt = scheduler.now()
      cancelFlush = scheduler.later(flush, wait)
      return
    }
    scheduler.soon(flush)
    // Some hosts drop it with the request that asked for it. So what is published after this step asks again; a flush too
    // many finds nothing to do.
    queueMicrotask(() => (isScheduled = false))
  }

  return {
    schedule,
    flushNow() {
      // Later entries would overtake earlier ones.
      if (visited) return
      finishFlush()
      flush()
      finishFlush()
    },
    room() {
      if (log.pendingBytes <= limits.room) return undefined
      scheduler.soon(flush)
      return new Promise((resolve) => publishers.push(resolve))
    },
    bringUp(reader) {
      const from = Math.max(reader.next, log.flushed)
      if (visited === reader || from >= log.end) return
      visit(reader, new Batch(log.slice(from, log.end), from), new Map())
    },
  }
}
