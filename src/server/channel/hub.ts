import { attempt } from '../attempt.js'
import { firstBytes } from '../response-head.js'
import { toBytes } from '../to-bytes.js'
import { createCatchUps } from './catch-up.js'
import type { Entry } from './entry.js'
import { createGate } from './gate.js'
import { Log } from './log.js'
import type { ChannelMetrics, HubOptions } from './hub-options.js'
import type { Hub } from './hub-types.js'
import { createPick, join, type PickCache, type Picked } from './pick.js'
import { BEHIND, CLOSED, LIVE, type ChannelCloseReason, type Held, type Phase, type Reader } from './reader.js'
import type { Scheduler } from './scheduler.js'
import type { Transport } from './transport.js'
import { spread } from './spread.js'
import { walk } from './walk.js'
import { createWheel } from './wheel.js'

export function createHub(options: HubOptions, transport: Transport, scheduler: Scheduler): Hub {
  const { maxBytes, policy, hooks, limits, report } = options
  const preamble = toBytes(firstBytes(options.retry, 0))
  const readers = new Set<Reader>()
  const log = new Log(maxBytes)
  const pick = createPick(hooks)
  const gate = createGate(scheduler, limits.steps)
  let isSubscribed = false
  /** The transport has ended: nothing more comes for any reader of this process. */
  let isOver = false
  let isScheduled = false
  let isFlushing = false
  let cancelFlush = (): void => {}
  /** Visits the rest of the readers of the flush under way. */
  let finishFlush = (): void => {}
  /** Whether this is in the middle of one reader's turn, which calls hooks of the user. */
  let isVisiting = false
  const publishers: (() => void)[] = []
  let onEmpty: (() => void) | undefined

  /** Calls a hook. One that throws is reported, and harms nobody. */
  const tell = <K extends keyof ChannelMetrics>(
    hook: K,
    ...values: Parameters<NonNullable<ChannelMetrics[K]>>
  ): void => {
    const { metrics } = hooks
    if (metrics?.[hook]) void attempt(() => (metrics[hook] as (...all: unknown[]) => unknown)(...values), report)
  }

  const leave = (reader: Reader, reason: ChannelCloseReason): void => {
    catchUps.forget(reader)
    if (!reader.become(CLOSED)) return
    readers.delete(reader)
    reader.sink.destroy()
    tell('close', reason)
    if (readers.size > 0) return
    wheel.stop()
    onEmpty?.()
  }

  const end = (reader: Reader, reason: ChannelCloseReason): void => {
    catchUps.forget(reader)
    if (reader.become({ kind: 'ending', reason })) reader.sink.end()
  }

  const fail = (reader: Reader, error: unknown): void => {
    report(error)
    leave(reader, 'failed')
  }

  const write = (reader: Reader, phase: Phase, wire: Uint8Array, events: number): void => {
    if (!reader.write(phase, wire)) return
    reader.wroteAt = wheel.tick
    if (events > 0) tell('sent', events, wire.byteLength)
  }

  const evict = (reader: Reader): void => {
    tell('evicted', 'disconnect')
    leave(reader, 'slow')
  }

  const hold = (reader: Reader, held: Held, { entries }: Picked): void => {
    for (const entry of entries) {
      const { id, event, topic, conflateKey, wire } = entry
      const key = conflateKey === undefined ? id : JSON.stringify([event, topic, conflateKey])
      held.bytes += wire.byteLength - (held.entries.get(key)?.wire.byteLength ?? 0)
      // Anew, so that what is held stays in the order of the ids.
      held.entries.delete(key)
      held.entries.set(key, entry)
    }
    if (held.bytes > maxBytes) evict(reader)
  }

  const fallBehind = (reader: Reader, picked: Picked): void => {
    if (policy === 'disconnect') return evict(reader)
    tell('evicted', policy)
    const held: Held = { kind: 'held', entries: new Map(), bytes: 0 }
    if (reader.become(policy === 'drop' ? BEHIND : held) && policy === 'conflate') hold(reader, held, picked)
  }

  const offer = (reader: Reader, batch: readonly Entry[], start: number, cache: PickCache): void => {
    const { phase } = reader
    const skip = Math.max(0, reader.next - start)
    if ((phase !== LIVE && phase.kind !== 'held') || skip >= batch.length) return
    reader.next = start + batch.length
    const picked = pick(reader, skip === 0 ? batch : batch.slice(skip), cache)
    // The filter may have ended it, or taken it elsewhere.
    if (!picked || reader.phase !== phase) return
    if (phase.kind === 'held') return hold(reader, phase, picked)
    const { bufferedBytes } = reader.sink
    if (bufferedBytes > 0 && bufferedBytes + picked.wire.byteLength > maxBytes) fallBehind(reader, picked)
    else write(reader, phase, picked.wire, picked.entries.length)
  }

  const wake = (): void => {
    for (const goOn of publishers.splice(0)) goOn()
  }

  const flush = (): void => {
    const { flushed: start, end: to } = log
    if (isFlushing) return
    isScheduled = false
    cancelFlush()
    if (start === to) return wake()
    isFlushing = true
    const batch = log.slice(start, to)
    const cache: PickCache = new Map()
    const visit = (reader: Reader): void => {
      // After a reset these entries are for nobody.
      if (log.flushed !== start) return
      isVisiting = true
      try {
        offer(reader, batch, start, cache)
      } catch (error) {
        fail(reader, error)
      } finally {
        isVisiting = false
      }
    }
    finishFlush = walk(readers, limits.slice, scheduler, visit, () => {
      isFlushing = false
      log.trim(to, catchUps.size > 0)
      wake()
      if (log.end > log.flushed) schedule()
    })
  }

  const flushNow = (): void => {
    // Later entries would overtake earlier ones.
    if (isVisiting) return
    finishFlush()
    flush()
    finishFlush()
  }

  const schedule = (): void => {
    if (isScheduled || isFlushing) return
    isScheduled = true
    if (options.flush > 0) cancelFlush = scheduler.later(flush, options.flush)
    else scheduler.soon(flush)
  }

  const wheel = createWheel({
    options,
    scheduler,
    readers,
    settled: () => (log.end > log.flushed ? undefined : log.position),
    write,
    evict,
    end,
  })
  const catchUps = createCatchUps({ options, transport, log, pick, gate, write, fail })

  transport.prepare?.(options.history)

  const subscribe = (): void => {
    isSubscribed = true
    transport.subscribe(
      {
        onReset(position) {
          log.reset(position)
          catchUps.onReset(readers)
        },
        onEntry(entry) {
          log.push(entry)
          catchUps.onEntry()
          schedule()
          if (log.pendingBytes > maxBytes) flushNow()
        },
        onError: report,
        onEnd(error) {
          if (isOver) return
          isOver = true
          report(error)
          flushNow()
          for (const reader of readers) end(reader, 'failed')
        },
      },
      options.history,
    )
  }

  return {
    gate,
    get size() {
      return readers.size
    },
    join(reader, requested) {
      if (!isSubscribed) subscribe()
      readers.add(reader)
      wheel.add(reader)
      tell('open')
      write(reader, reader.phase, preamble, 0)
      if (isOver) end(reader, 'failed')
      else catchUps.start(reader, requested)
    },
    room() {
      if (log.pendingBytes <= limits.room) return undefined
      scheduler.soon(flush)
      return new Promise((resolve) => publishers.push(resolve))
    },
    onDrain(reader) {
      const { phase } = reader
      if (phase.kind === 'catching-up') phase.wake?.()
      else if (phase.kind === 'behind') catchUps.start(reader, '', 'slow')
      else if (phase.kind === 'held' && reader.become(LIVE)) {
        const entries = [...phase.entries.values()]
        write(reader, LIVE, join(entries), entries.length)
      }
    },
    onClose(reader, byReader) {
      const { phase } = reader
      leave(reader, phase.kind === 'ending' ? phase.reason : byReader ? 'disconnected' : 'closed')
    },
    close(drain) {
      return new Promise((resolve) => {
        const cancel = spread([...readers], drain, limits.slice, scheduler, flushNow, (reader) => end(reader, 'closed'))
        onEmpty = () => {
          cancel()
          resolve()
        }
        if (readers.size === 0) onEmpty()
      })
    },
  }
}
