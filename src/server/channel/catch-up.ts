import { encode } from '../../encoder/encode.js'
import { isThenable } from '../async.js'
import { toBytes } from '../to-bytes.js'
import type { HubOptions } from './hub-options.js'
import type { Log } from './log.js'
import type { Entry } from './entry.js'
import type { Pick, PickCache } from './pick.js'
import type { HubActs } from './hub-acts.js'
import { LIVE, type CatchUp } from './phase.js'
import { encodePosition } from './position.js'
import type { Reader } from './reader.js'
import { encodeSnapshot } from './snapshot.js'
import type { GapReason, Transport } from './transport.js'

/** No transport issues longer ids. */
const LONGEST_ID = 256

/** Thrown where a catch-up finds that its reader has left, or began another. Nobody is told. */
const SUPERSEDED = new Error('superseded')

const pause = (work: CatchUp): Promise<void> => new Promise((resolve) => (work.wake = resolve))

export interface CatchUpOwner {
  readonly options: HubOptions
  readonly transport: Transport
  readonly log: Log
  readonly pick: Pick
  readonly acts: HubActs
  gate(): Promise<void> | undefined
  /** Calls `onConnect`, once. What to wait for where it takes its time. */
  connect(reader: Reader): Promise<void> | undefined
}

/**
 * Brings readers from wherever they are to live: the snapshot or the gap event, history, what came
 * meanwhile. The last step and going live are one, without a wait between them.
 */
export interface CatchUps {
  /** Readers under way; while there are any, the log is kept for them. */
  readonly size: number
  /**
   * `requested` is `undefined` for a new reader, `""` for one that asks for what cannot be an id. With a
   * `reason`, the reader is told that events are missing, and begins anew from the present position.
   */
  start(reader: Reader, requested: string | undefined, reason?: GapReason): void
  /** The log has grown. */
  onEntry(): void
  /** The log has been reset: all readers lost continuity. */
  onReset(readers: Iterable<Reader>): void
  /** To be called while the reader is still at it. */
  forget(reader: Reader): void
}

export function createCatchUps(owner: CatchUpOwner): CatchUps {
  const { options, transport, log, pick, acts, gate } = owner
  const window = Math.min(options.limits.window, options.maxBytes)
  const underWay = new Set<Reader>()
  /** Those that saw more, on another process, than was delivered here. */
  const ahead = new Set<CatchUp>()
  const pages: PickCache = new Map()

  const positionOf = (id: string): string => encodePosition(id, options.positionEvent)

  const send = (reader: Reader, work: CatchUp, text: string): void => acts.write(reader, work, toBytes(text), 0)

  /** Whatever is published from now on, the log has for the reader. */
  const aim = (work: CatchUp): void => {
    work.target = log.position!
    work.next = log.end
  }

  const start = (reader: Reader, requested: string | undefined, reason?: GapReason, floor = requested ?? ''): void => {
    forget(reader)
    const kind = 'catching-up'
    const work: CatchUp = { kind, requested, reason, floor, cursor: '', target: '', next: 0, wake: undefined }
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
   * To be put around each `await`: the look and the step that follows it are in one piece then. A look before the
   * promise is handed on would be a microtask too early, and a reset fits in there.
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
    // A reset may come in the middle of anything, and to all at once; so does the first position.
    const isSudden = work.reason === 'reset' || work.target === ''
    while (log.position === undefined) still(reader, work, await pause(work))
    if (isSudden) still(reader, work, await gate())
    if (requested !== undefined && !work.reason) {
      let held =
        requested === '' || requested.length > LONGEST_ID ? 'unknown' : transport.has(requested, neededBy(reader))
      if (isThenable(held)) held = still(reader, work, await held)
      if (held === true) work.cursor = requested
      else work.reason = held
      aim(work)
    }
    if (work.reason) await passed(reader, work)
    if (work.cursor === '') {
      work.cursor = work.target
      let text = greet(reader, work)
      if (isThenable(text)) text = still(reader, work, await text)
      send(reader, work, text)
    }
    await replay(reader, work)
  }

  /**
   * Waits until the present position is not before the place that the reader has. A gap that is told before that place
   * would have it given events again. This is the one way to a gap, whatever its reason and whatever the transport.
   */
  const passed = async (reader: Reader, work: CatchUp): Promise<void> => {
    const { floor } = work
    if (floor === '' || floor.length > LONGEST_ID) return
    while (transport.compare(floor, work.target) > 0) {
      work.cursor = floor
      ahead.add(work)
      still(reader, work, await pause(work))
    }
    work.cursor = ''
  }

  const greet = (reader: Reader, work: CatchUp): string | Promise<string> => {
    const { reason, requested = '', target } = work
    const { gapEvent, hooks } = options
    const gap = reason ? encode({ event: gapEvent, id: target, data: JSON.stringify({ reason, requested }) }) : ''
    if (reason) acts.tell('gap', reason, reader)
    if (!hooks.snapshot) return gap || positionOf(target)
    // The position is that of the gap event itself, and is taken back until the snapshot is there. In one
    // write: whoever was cut off in between would come back as one that has the snapshot.
    if (gap) send(reader, work, gap + positionOf(''))
    return encodeSnapshot(hooks.snapshot(reader.context), target, positionOf(target))
  }

  const replay = async (reader: Reader, work: CatchUp): Promise<void> => {
    for (;;) {
      // Who has all there is goes live at once.
      const turn = work.cursor === work.target && work.next === log.end ? undefined : gate()
      if (turn) still(reader, work, await turn)
      // What it was to get from the log has been let go there: more of the history, then.
      if (work.next < log.base) aim(work)
      const order = transport.compare(work.cursor, work.target)
      // The rest is in the log. After the last of it the reader is live.
      const isLast = order === 0
      if (order > 0) {
        ahead.add(work)
        still(reader, work, await pause(work))
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
      // A page that leads nowhere would be asked for again for ever.
      if (!page || (!isLast && page.position === work.cursor))
        return start(reader, work.requested ?? '', 'expired', work.cursor)
      const { entries, position } = page
      const count = writeSome(reader, work, entries, isLast ? new Map() : pages)
      // The filter may have ended it.
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
   * Writes what there is room for, from the first entry on. Gives how many that were; 0 where the reader
   * has to take something first.
   */
  const writeSome = (reader: Reader, work: CatchUp, entries: readonly Entry[], cache: PickCache): number => {
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
    if (picked) acts.write(reader, work, picked.wire, picked.entries.length)
    return count
  }

  return {
    get size() {
      return underWay.size
    },
    start,
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
        // From here on nothing is missing, however late its turn comes.
        if (phase.kind === 'catching-up' && phase.target === '') {
          aim(phase)
          // Not there while `onConnect` takes its time.
          phase.wake?.()
        } else start(reader, '', 'reset', phase.kind === 'catching-up' ? phase.cursor || phase.floor : '')
      }
    },
    forget,
  }
}

/** The topics it is given events of, now or before they changed. */
function neededBy({ topics, earlier = [] }: Reader): ReadonlySet<string> | undefined {
  if (earlier.length === 0) return topics
  const all = new Set(topics)
  for (const each of [{ topics }, ...earlier]) {
    if (!each.topics) return undefined
    for (const topic of each.topics) all.add(topic)
  }
  return all
}
