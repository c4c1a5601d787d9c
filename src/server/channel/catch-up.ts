import { encode } from '../../encoder/encode.js'
import { isThenable } from '../async.js'
import type { HubOptions } from './hub-options.js'
import type { Log } from './log.js'
import type { Entry } from './entry.js'
import type { Pick, PickCache } from './pick.js'
import { control, type HubActs } from './hub-acts.js'
import { LIVE, type CatchUp } from './phase.js'
import { encodePosition } from './position.js'
import type { Reader } from './reader.js'
import { encodeSnapshot } from './snapshot.js'
import type { GapReason, Transport } from './transport.js'

/** No transport issues longer ids. */
const LONGEST_ID = 256

/** Thrown inside a catch-up whose reader has left, or has begun another one. Nobody is told. */
const SUPERSEDED = new Error('superseded')

const pause = (work: CatchUp): Promise<void> => new Promise((resolve) => (work.wake = resolve))

/** What a catch-up begins with: see `CatchUp`. */
interface Asked {
  readonly requested: string | undefined
  readonly reason: GapReason | undefined
  readonly floor: string
}

/** Events to write, and the chunks that others were given of them. */
interface Page {
  readonly entries: readonly Entry[]
  readonly cache: PickCache
}

export interface CatchUpOwner {
  readonly options: HubOptions
  readonly transport: Transport
  readonly log: Log
  readonly pick: Pick
  readonly acts: HubActs
  gate(): Promise<void> | undefined
  /** Calls `onConnect`, once. Gives a promise if that has to be waited for. */
  connect(reader: Reader): Promise<void> | undefined
}

/**
 * Brings a reader from its place to live, in this order: the snapshot or the gap event, the history, what was published
 * meanwhile. Between the last event of these and the first live one there is no wait, so that nothing fits in.
 */
export interface CatchUps {
  /** How many readers are catching up. While there are any, the log keeps what they need. */
  readonly size: number
  /**
   * `requested` is `undefined` for a new reader, `""` for one that asks for what cannot be an id. With a
   * `reason` the reader is told that events are missing, and goes on from the present position.
   */
  start(reader: Reader, requested: string | undefined, reason?: GapReason): void
  /** The log has grown. */
  onEntry(): void
  /** The log has been reset: all readers lost continuity. */
  onReset(readers: Iterable<Reader>): void
  /** Drops the catch-up of a reader. Called while its phase is still that of the catch-up. */
  forget(reader: Reader): void
}

export function createCatchUps(owner: CatchUpOwner): CatchUps {
  const { options, transport, log, pick, acts, gate } = owner
  const window = Math.min(options.limits.window, options.maxBytes)
  const underWay = new Set<Reader>()
  /** Readers that come from another process, where they saw more than has been delivered here. */
  const ahead = new Set<CatchUp>()
  const pages: PickCache = new Map()

  const positionOf = (id: string): string => encodePosition(id, options.positionEvent)

  const send = (reader: Reader, work: CatchUp, text: string): void => acts.write(reader, work, control(text))

  /** Sets the target to the present position. The log holds what is published after it. */
  const aim = (work: CatchUp): void => {
    work.target = log.position!
    work.next = log.end
  }

  const begin = (reader: Reader, asked: Asked): void => {
    forget(reader)
    const work: CatchUp = { kind: 'catching-up', ...asked, cursor: '', target: '', next: 0, wake: undefined }
    if (!reader.become(work)) return
    if (log.position !== undefined) aim(work)
    underWay.add(reader)
    run(reader, work).catch((error) => {
      if (reader.phase === work) acts.fail(reader, error)
    })
  }

  const forget = (reader: Reader): void => {
    underWay.delete(reader)
    ahead.delete(reader.phase as CatchUp)
    if (underWay.size === 0) pages.clear()
  }

  /**
   * Stands around each `await`: it throws if the reader has left, or was reset, during the wait. The check has to run in
   * the same microtask as the step that follows it. One microtask earlier, a reset could come between the two.
   */
  const still = <T>(reader: Reader, work: CatchUp, value: T): T => {
    if (reader.phase !== work) throw SUPERSEDED
    return value
  }

  const run = async (reader: Reader, work: CatchUp): Promise<void> => {
    const { requested } = work
    const connected = owner.connect(reader)
    if (connected) await connected
    still(reader, work, undefined)
    // A reset, and the first position, come to all readers at once: each waits for its turn.
    const isSudden = work.reason === 'reset' || work.target === ''
    while (log.position === undefined) still(reader, work, await pause(work))
    if (isSudden) still(reader, work, await gate())
    if (requested !== undefined && !work.reason) {
      let held = work.floor ? transport.has(requested, neededBy(reader)) : 'unknown'
      if (isThenable(held)) held = still(reader, work, await held)
      if (held === true) work.cursor = requested
      else work.reason = held
      aim(work)
    }
    if (work.reason) still(reader, work, await passed(reader, work))
    if (work.cursor === '') {
      work.cursor = work.target
      let text = greet(reader, work)
      if (isThenable(text)) text = still(reader, work, await text)
      send(reader, work, text)
    }
    await replay(reader, work)
  }

  /**
   * Waits until the present position has reached the place that the reader has. A gap that is told at an earlier place
   * would make the reader receive events again. Every gap, of any reason and any transport, passes through here.
   */
  const passed = async (reader: Reader, work: CatchUp): Promise<void> => {
    const { floor } = work
    if (!floor) return
    work.cursor = floor
    await reached(reader, work)
    work.cursor = ''
  }

  /** Waits until the present position has reached the cursor. */
  const reached = async (reader: Reader, work: CatchUp): Promise<void> => {
    while (transport.compare(work.cursor, work.target) > 0) {
      // The position may have moved on while this reader waited for something else. Nobody would tell it again.
      if (work.target !== log.position) {
        aim(work)
        continue
      }
      ahead.add(work)
      still(reader, work, await pause(work))
    }
  }

  const greet = (reader: Reader, work: CatchUp): string | Promise<string> => {
    const { reason, requested = '', target } = work
    const { gapEvent, hooks } = options
    const gap = reason ? encode({ event: gapEvent, id: target, data: JSON.stringify({ reason, requested }) }) : ''
    if (reason) acts.tell('gap', reason, reader)
    if (!hooks.snapshot) return gap || positionOf(target)
    // The gap event brings its position. A bare id after it takes the position back until the snapshot is there. Both are
    // one write: a reader that was cut off between them would come back as one that has the snapshot.
    if (gap) send(reader, work, gap + positionOf(''))
    return encodeSnapshot(hooks.snapshot(reader.context), target, positionOf(target))
  }

  const replay = async (reader: Reader, work: CatchUp): Promise<void> => {
    for (;;) {
      // A reader that has all there is goes live at once.
      const turn = work.cursor === work.target && work.next === log.end ? undefined : gate()
      if (turn) still(reader, work, await turn)
      // The log has let go what this reader was to get from it: the history has to reach further.
      if (work.next < log.base) aim(work)
      const order = transport.compare(work.cursor, work.target)
      // The history is done: the rest is in the log, and then the reader is live.
      const isLast = order === 0
      if (order > 0) {
        still(reader, work, await reached(reader, work))
        continue
      }
      if (!isLast && reader.sink.bufferedBytes >= window) {
        still(reader, work, await pause(work))
        continue
      }
      let page: ReturnType<Transport['range']> = isLast
        ? { entries: log.slice(work.next, log.end), position: log.position! }
        : transport.range(work.cursor, work.target, neededBy(reader))
      if (isThenable(page)) page = still(reader, work, await page)
      // A page that does not move the cursor would be asked for without end.
      if (!page || (!isLast && page.position === work.cursor))
        return begin(reader, { requested: work.requested ?? '', reason: 'expired', floor: work.cursor })
      const { entries, position } = page
      const count = writeSome(reader, work, { entries, cache: isLast ? new Map() : pages })
      // The filter, which is the user's, may have closed the reader.
      still(reader, work, undefined)
      if (isLast) work.next += count
      if (isLast && work.next === log.end) break
      if (count === entries.length) work.cursor = position
      else if (count > 0) work.cursor = entries[count - 1]!.id
      else still(reader, work, await pause(work))
      if (isLast) work.target = work.cursor
    }
    forget(reader)
    reader.become(LIVE)
    reader.next = work.next
  }

  /**
   * Writes as many of the entries, from the first on, as there is room for, and gives their number. 0: the reader has to
   * take something first.
   */
  const writeSome = (reader: Reader, work: CatchUp, { entries, cache }: Page): number => {
    const { bufferedBytes } = reader.sink
    let bytes = 0
    let count = 0
    for (const { wire } of entries) {
      bytes += wire.byteLength
      if (bytes > window - bufferedBytes && bufferedBytes + count > 0) break
      count++
    }
    // Whole pages are shared by readers, parts hardly ever.
    if (count < entries.length && bufferedBytes > 0) return 0
    const picked = pick(reader, count < entries.length ? entries.slice(0, count) : entries, cache)
    if (picked) acts.write(reader, work, picked)
    return count
  }

  return {
    get size() {
      return underWay.size
    },
    start(reader, requested, reason) {
      begin(reader, { requested, reason, floor: requested && requested.length <= LONGEST_ID ? requested : '' })
    },
    onEntry() {
      for (const work of ahead) {
        aim(work)
        if (transport.compare(work.cursor, work.target) > 0) continue
        ahead.delete(work)
        work.wake!()
      }
    },
    onReset(readers) {
      for (const reader of readers) {
        if (reader.isOver) continue
        const { phase } = reader
        // This reader has been given nothing yet, so it has lost nothing: it starts at the new position.
        if (phase.kind === 'catching-up' && phase.target === '') {
          aim(phase)
          // While `onConnect` runs it does not wait for the position yet.
          phase.wake?.()
        } else {
          const floor = phase.kind === 'catching-up' ? phase.cursor || phase.floor : ''
          begin(reader, { requested: '', reason: 'reset', floor })
        }
      }
    },
    forget,
  }
}

/** The topics that a reader is given events of: those of now, and those it had before `setTopics`. */
function neededBy({ topics, earlier = [] }: Reader): ReadonlySet<string> | undefined {
  if (earlier.length === 0) return topics
  const all = new Set(topics)
  for (const each of [{ topics }, ...earlier]) {
    if (!each.topics) return undefined
    for (const topic of each.topics) all.add(topic)
  }
  return all
}
