import { encode } from '../../encoder/encode.js'
import { toBytes } from '../to-bytes.js'
import type { CatchUpHost, CatchUps } from './catch-up-types.js'
import { isThenable } from '../is-thenable.js'
import type { Entry } from './entry.js'
import type { PickCache } from './pick.js'
import type { CatchUp, Phase, Reader } from './reader.js'
import { encodeSnapshot } from './snapshot.js'
import type { GapReason, Page } from './transport.js'

/** No transport issues longer ids. */
const LONGEST_ID = 256

export function createCatchUps(host: CatchUpHost): CatchUps {
  const { options, transport, scheduler, log, pick } = host
  const { budget, stepCost } = options.limits
  const window = Math.min(options.limits.window, options.maxBytes)
  const underWay = new Set<Reader>()
  const ahead = new Set<Reader>()
  /** Those whose turn did not come in this one. */
  const queue = new Set<Reader>()
  const pages: PickCache = new Map()
  let spent = 0

  const begin = (reader: Reader, phase: Phase, requested: string | undefined): CatchUp => {
    const work: CatchUp = { kind: 'catch-up', phase, requested, cursor: '', target: '', next: 0 }
    reader.state = 'catching-up'
    reader.work = work
    underWay.add(reader)
    return work
  }

  const forget = (reader: Reader): void => {
    underWay.delete(reader)
    ahead.delete(reader)
    queue.delete(reader)
    if (underWay.size === 0) pages.clear()
  }

  /** Goes on with a value or, later, with what a promise gives, unless the reader has moved on. */
  const settle = <T>(reader: Reader, value: T | PromiseLike<T>, next: (value: T) => void): void => {
    const { work } = reader
    if (!isThenable(value)) return next(value)
    const proceed = (goOn: () => void): void => {
      if (reader.work === work) host.guard(reader, goOn)
    }
    value.then(
      (result) => proceed(() => next(result)),
      (error) =>
        proceed(() => {
          throw error
        }),
    )
  }

  const send = (reader: Reader, text: string): void => host.write(reader, toBytes(text), 0)

  /** Whatever is published from now on, the log has for the reader. */
  const aim = (work: CatchUp): void => {
    work.target = log.position!
    work.next = log.end
  }

  const start = (reader: Reader, work: CatchUp): void => {
    const { requested } = work
    if (log.position === undefined) return
    if (requested === undefined) {
      if (work.target === '') aim(work)
      return greet(reader, work, '')
    }
    work.phase = 'asking'
    const held = requested === '' || requested.length > LONGEST_ID ? 'unknown' : transport.has(requested)
    settle(reader, held, (answer) => {
      if (answer !== true) return gap(reader, answer, requested)
      work.cursor = requested
      aim(work)
      replay(reader, work)
    })
  }

  const gap = (reader: Reader, reason: GapReason, requested = ''): void => {
    const work = begin(reader, 'snapshot', undefined)
    aim(work)
    greetAfterGap(reader, work, reason, requested)
  }

  const greetAfterGap = (reader: Reader, work: CatchUp, reason: GapReason, requested: string): void =>
    greet(
      reader,
      work,
      encode({ event: options.gapEvent, id: work.target, data: JSON.stringify({ reason, requested }) }),
    )

  const greet = (reader: Reader, work: CatchUp, gapEvent: string): void => {
    work.cursor = work.target
    if (!options.hooks.snapshot) {
      send(reader, gapEvent || encode({ id: work.target }))
      return replay(reader, work)
    }
    // The position is that of the gap event itself, and is taken back until the snapshot is there. In one
    // write: whoever was cut off in between would come back as one that has the snapshot.
    if (gapEvent) send(reader, gapEvent + encode({ id: '' }))
    work.phase = 'snapshot'
    settle(reader, encodeSnapshot(options.hooks.snapshot(reader.context), work.target), (text) => {
      send(reader, text)
      replay(reader, work)
    })
  }

  const replay = (reader: Reader, work: CatchUp): void => {
    work.phase = 'replaying'
    step(reader, work)
  }

  const step = (reader: Reader, work: CatchUp): void => {
    if (spent > budget) return void queue.add(reader)
    spend(stepCost)
    // What it was to get from the log has been let go there: more of the history, then.
    if (work.next < log.base) aim(work)
    if (work.cursor === work.target) return takeLog(reader, work)
    if (transport.compare(work.cursor, work.target) > 0) {
      work.phase = 'ahead'
      ahead.add(reader)
      return
    }
    if (reader.sink.bufferedBytes >= window) return
    work.phase = 'fetching'
    settle(reader, transport.range(work.cursor, work.target), (page) => {
      // A page that leads nowhere would be asked for again for ever.
      if (!page || page.position === work.cursor) return gap(reader, 'expired', work.requested)
      work.phase = 'replaying'
      takePage(reader, work, page)
    })
  }

  /**
   * Writes what there is room for, from the first entry on. Gives how many that were; 0 where the reader
   * has to take something first, or is gone.
   */
  const writeSome = (reader: Reader, work: CatchUp, entries: readonly Entry[], cache: PickCache): number => {
    const { bufferedBytes } = reader.sink
    let bytes = 0
    let count = 0
    for (const { wire } of entries) {
      bytes += wire.byteLength
      if (bytes > window - bufferedBytes && (bufferedBytes > 0 || count > 0)) break
      count++
    }
    // Whole pages are shared by readers, parts hardly ever.
    if (count < entries.length && bufferedBytes > 0) return 0
    const picked = pick(reader, count < entries.length ? entries.slice(0, count) : entries, cache)
    if (reader.work !== work) return 0
    spend(bytes)
    if (picked) host.write(reader, picked.wire, picked.entries.length)
    return count
  }

  const takePage = (reader: Reader, work: CatchUp, { entries, position }: Page): void => {
    const count = writeSome(reader, work, entries, pages)
    if (count === 0 && entries.length > 0) return
    work.cursor = count < entries.length ? entries[count - 1]!.id : position
    step(reader, work)
  }

  /** The rest is in the log. After the last of it the reader is live. */
  const takeLog = (reader: Reader, work: CatchUp): void => {
    const entries = log.slice(work.next, log.end)
    const count = writeSome(reader, work, entries, new Map())
    if (reader.work !== work) return
    work.next += count
    if (work.next < log.end) {
      if (count === 0) return
      work.cursor = work.target = entries[count - 1]!.id
      return step(reader, work)
    }
    forget(reader)
    reader.work = undefined
    reader.state = 'live'
    reader.next = work.next
  }

  const spend = (cost: number): void => {
    if (spent === 0) scheduler.soon(turn)
    spent += cost
  }

  const turn = (): void => {
    spent = 0
    for (const reader of queue) {
      if (spent > budget) return
      queue.delete(reader)
      advance(reader)
    }
  }

  const advance = (reader: Reader): void => {
    const work = reader.work as CatchUp
    host.guard(reader, () => {
      if (work.phase === 'waiting') start(reader, work)
      else if (work.phase === 'reset') greetAfterGap(reader, work, 'reset', '')
      else if (work.phase === 'replaying') step(reader, work)
    })
  }

  return {
    get size() {
      return underWay.size
    },
    start(reader, requested) {
      begin(reader, 'waiting', requested)
      advance(reader)
    },
    gap: (reader, reason, requested) => host.guard(reader, () => gap(reader, reason, requested)),
    onDrain: advance,
    onEntry() {
      for (const reader of ahead) {
        const work = reader.work as CatchUp
        aim(work)
        if (transport.compare(work.cursor, work.target) > 0) continue
        ahead.delete(reader)
        host.guard(reader, () => replay(reader, work))
      }
    },
    onReset(readers) {
      for (const reader of readers) {
        if (reader.state === 'ending') continue
        let { work } = reader
        if (work?.kind !== 'catch-up' || work.phase !== 'waiting') work = begin(reader, 'reset', undefined)
        // From here on nothing is missing, however late its turn comes.
        aim(work)
        ahead.delete(reader)
        queue.add(reader)
      }
      // Not at once: this may be the middle of anything.
      spend(stepCost)
    },
    forget,
  }
}
