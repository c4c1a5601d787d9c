import { encode } from '../../encoder/encode.js'
import { isThenable } from '../is-thenable.js'
import { toBytes } from '../to-bytes.js'
import type { HubOptions } from './hub-options.js'
import type { Log } from './log.js'
import type { Entry } from './entry.js'
import type { Pick, PickCache } from './pick.js'
import type { CatchUp, Reader } from './reader.js'
import { encodeSnapshot } from './snapshot.js'
import type { GapReason, Transport } from './transport.js'

/** No transport issues longer ids. */
const LONGEST_ID = 256

export interface CatchUpHost {
  readonly options: HubOptions
  readonly transport: Transport
  readonly log: Log
  readonly pick: Pick
  gate(): Promise<void> | undefined
  write(reader: Reader, wire: Uint8Array, events: number): void
  /** Ends a reader because of an error. */
  fail(reader: Reader, error: unknown): void
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
  /** To be called while the reader has its work. */
  forget(reader: Reader): void
}

export function createCatchUps(host: CatchUpHost): CatchUps {
  const { options, transport, log, pick, gate } = host
  const window = Math.min(options.limits.window, options.maxBytes)
  const underWay = new Set<Reader>()
  /** Those that saw more, on another process, than was delivered here. */
  const ahead = new Set<CatchUp>()
  const pages: PickCache = new Map()

  const send = (reader: Reader, text: string): void => host.write(reader, toBytes(text), 0)

  /** Whatever is published from now on, the log has for the reader. */
  const aim = (work: CatchUp): void => {
    work.target = log.position!
    work.next = log.end
  }

  const start = (reader: Reader, requested: string | undefined, reason?: GapReason): void => {
    const work: CatchUp = { kind: 'catch-up', requested, reason, cursor: '', target: '', next: 0, wake: undefined }
    if (log.position !== undefined) aim(work)
    reader.state = 'catching-up'
    reader.work = work
    underWay.add(reader)
    run(reader, work).catch((error) => {
      if (reader.work === work) host.fail(reader, error)
    })
  }

  const forget = (reader: Reader): void => {
    underWay.delete(reader)
    ahead.delete(reader.work as CatchUp)
    if (underWay.size === 0) pages.clear()
  }

  /**
   * Never goes on where the reader has other work by then. It is asked for by the work itself: a reset between this
   * look and the next step must not make the next look take the new work for that of the old run.
   */
  const settled = async <T>(reader: Reader, work: CatchUp, promise: PromiseLike<T> | T): Promise<T> => {
    const value = await promise
    return reader.work === work ? value : new Promise(() => {})
  }

  const pause = (reader: Reader, work: CatchUp): Promise<void> =>
    settled(reader, work, new Promise<void>((resolve) => (work.wake = resolve)))

  const run = async (reader: Reader, work: CatchUp): Promise<void> => {
    const { requested } = work
    // A reset may come in the middle of anything, and to all at once; so does the first position.
    const isSudden = work.reason === 'reset' || work.target === ''
    while (log.position === undefined) await pause(reader, work)
    if (isSudden) await settled(reader, work, gate())
    if (requested !== undefined && !work.reason) {
      let held = requested === '' || requested.length > LONGEST_ID ? 'unknown' : transport.has(requested)
      if (isThenable(held)) held = await settled(reader, work, held)
      if (held === true) work.cursor = requested
      else work.reason = held
      aim(work)
    }
    if (work.cursor === '') {
      work.cursor = work.target
      let text = greet(reader, work)
      if (isThenable(text)) text = await settled(reader, work, text)
      send(reader, text)
    }
    await replay(reader, work)
  }

  const greet = (reader: Reader, { reason, requested = '', target }: CatchUp): string | Promise<string> => {
    const { gapEvent, hooks } = options
    const gap = reason ? encode({ event: gapEvent, id: target, data: JSON.stringify({ reason, requested }) }) : ''
    if (!hooks.snapshot) return gap || encode({ id: target })
    // The position is that of the gap event itself, and is taken back until the snapshot is there. In one
    // write: whoever was cut off in between would come back as one that has the snapshot.
    if (gap) send(reader, gap + encode({ id: '' }))
    return encodeSnapshot(hooks.snapshot(reader.context), target)
  }

  const replay = async (reader: Reader, work: CatchUp): Promise<void> => {
    for (;;) {
      // Who has all there is goes live at once.
      const turn = work.cursor === work.target && work.next === log.end ? undefined : gate()
      if (turn) await settled(reader, work, turn)
      // What it was to get from the log has been let go there: more of the history, then.
      if (work.next < log.base) aim(work)
      const order = transport.compare(work.cursor, work.target)
      // The rest is in the log. After the last of it the reader is live.
      const isLast = order === 0
      if (order > 0) {
        ahead.add(work)
        await pause(reader, work)
        continue
      }
      if (!isLast && reader.sink.bufferedBytes >= window) {
        await pause(reader, work)
        continue
      }
      let page: ReturnType<Transport['range']> = isLast
        ? { entries: log.slice(work.next, log.end), position: log.position! }
        : transport.range(work.cursor, work.target)
      if (isThenable(page)) page = await settled(reader, work, page)
      // A page that leads nowhere would be asked for again for ever.
      if (!page || (!isLast && page.position === work.cursor)) return start(reader, work.requested ?? '', 'expired')
      const { entries, position } = page
      const count = writeSome(reader, entries, isLast ? new Map() : pages)
      // The filter may have ended it.
      if (reader.work !== work) return
      if (isLast) work.next += count
      if (isLast && work.next === log.end) break
      if (count === entries.length) work.cursor = position
      else if (count > 0) work.cursor = entries[count - 1]!.id
      else await pause(reader, work)
      if (isLast) work.target = work.cursor
    }
    forget(reader)
    reader.work = undefined
    reader.state = 'live'
    reader.next = work.next
  }

  /**
   * Writes what there is room for, from the first entry on. Gives how many that were; 0 where the reader
   * has to take something first.
   */
  const writeSome = (reader: Reader, entries: readonly Entry[], cache: PickCache): number => {
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
    if (picked && reader.work?.kind === 'catch-up') host.write(reader, picked.wire, picked.entries.length)
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
        const { work, state } = reader
        if (state === 'ending') continue
        // From here on nothing is missing, however late its turn comes.
        if (work?.kind === 'catch-up' && work.target === '') {
          aim(work)
          work.wake!()
        } else start(reader, '', 'reset')
      }
    },
    forget,
  }
}
