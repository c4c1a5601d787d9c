import { encode } from '../encoder/encode.js'
import type { Scheduler } from '../server/channel/scheduler.js'
import { drain as sendAway } from '../server/channel/turns.js'
import { requestedId } from '../server/event-request.js'
import type { Exchange } from '../server/exchange.js'
import { Http2Sessions } from '../server/http2-sessions.js'
import { refuse } from '../server/refuse.js'
import { firstBytes } from '../server/response-head.js'
import { toBytes } from '../server/to-bytes.js'
import { MAX_DELAY } from '../wire/constants.js'
import { compactionOf } from './compaction.js'
import type { Producer, ProducerOwner } from './producer.js'
import { createPulse } from './pulse.js'
import { RunReader } from './run-reader.js'
import { eventId, eventNumber } from './run-id.js'
import type { RunStore, RunView } from './run-store.js'
import { isKey, type RunsSettings } from './runs-options.js'
import { Tape } from './tape.js'

export interface ReadersOwner {
  readonly settings: RunsSettings
  readonly scheduler: Scheduler
  readonly store: RunStore
  readonly producers: Set<Producer>
}

/** All connections of a process to runs, and the tapes they share. */
export interface Readers extends Pick<ProducerOwner, 'onRecords' | 'onEnd'> {
  /** Answers, unless the reader has left. */
  enter(key: string, exchange: Exchange): Promise<void>
  /** A producer has come. */
  keepTime(): void
  /** Lets nobody in any more, and sends readers of other processes' runs there within `drain` milliseconds. */
  refuse(drain: number): void
  /** Ends all connections. Resolves when the last has gone. */
  close(): Promise<void>
}

/** Readers that are sent away at once. */
const SLICE = 2000

/** Times the reconnection time: there is no use in coming back soon. */
const LATER = 5

/** Milliseconds between attempts to read a store that fails. */
const AGAIN = 250

const UNSTORED = { 'cache-control': 'no-store' }

export function createReaders({ settings, scheduler, store, producers }: ReadersOwner): Readers {
  const { report, heartbeat, lease, endEvent, retry } = settings
  const readers = new Set<RunReader>()
  const tapes = new Map<string, Tape>()
  const sessions = new Http2Sessions()
  let isClosing = false
  let onEmpty: (() => void) | undefined
  let cancelSpread = (): void => {}

  const pulse = createPulse({ scheduler, heartbeat, lease, producers, tapes, readers })

  const tapeOwner = {
    store,
    scheduler,
    report,
    onTape(tape: Tape): void {
      for (const reader of tape.readers) reader.advance()
    },
  }

  const readerOwner = {
    endEvent,
    get tick() {
      return pulse.tick
    },
    onLeave(reader: RunReader): void {
      const { tape } = reader
      readers.delete(reader)
      tape.readers.delete(reader)
      if (tape.readers.size === 0) {
        tapes.delete(tape.token)
        tape.close()
      }
      if (readers.size === 0) onEmpty?.()
    },
  }

  const tapeOf = (key: string, view: RunView): Tape => {
    const { token } = view
    const tape = tapes.get(token)
    if (tape) return tape
    const isLocal = [...producers].some((producer) => producer.token === token && producer.state === undefined)
    const made = new Tape(tapeOwner, { key, token, isLocal })
    // A run that died before its first message is never heard of.
    if (!isLocal) made.expect(view.lease)
    tapes.set(token, made)
    return made
  }

  const follow = async (reader: RunReader, view: RunView, next: number): Promise<void> => {
    const { tape } = reader
    while (tape.count < view.count && !tape.hasEnded && reader.phase === 'waiting') {
      const { count } = tape
      await tape.load()
      // The store cannot be asked for now.
      if (tape.count === count && !tape.hasEnded) await new Promise<void>((go) => scheduler.later(go, AGAIN))
    }
    if (view.state !== 'running') tape.wake()
    const isNew = next === 0 && settings.hooks.compact
    const compaction = isNew ? await compactionOf(tape, settings) : undefined
    if (reader.phase !== 'waiting') return
    if (compaction?.wire) reader.write(compaction.wire)
    reader.read(compaction?.wire ? compaction.count : next)
  }

  const sendBack = (exchange: Exchange): void => {
    const wait = (retry || 1000) * LATER * (1 + (scheduler.random() - 0.5) / 2)
    refuse(exchange, settings, Math.min(Math.round(wait), MAX_DELAY))
    // The answer goes out first.
    if (isClosing) exchange.session?.close()
  }

  const connect = (exchange: Exchange, view: RunView, key: string): void => {
    const { request } = exchange
    const requested = requestedId(request) === '' ? undefined : request.lastEventId
    const number = requested === undefined ? 0 : eventNumber(view.token, requested)
    const hasEnded = view.state !== 'running'
    // The end of a run that does not end well is an event too.
    const total = hasEnded && view.state !== 'done' ? view.count + 1 : view.count
    const isForeign = number === undefined || number > total
    if (hasEnded && !isForeign && number >= total) return exchange.reply(204, undefined, UNSTORED)
    if (exchange.isHead) return exchange.reply(200)

    const next = isForeign ? 0 : number
    const tape = tapeOf(key, view)
    const reader = new RunReader(readerOwner, tape, next)
    reader.sink = exchange.openSink(reader)
    exchange.writeHead(200)
    readers.add(reader)
    tape.readers.add(reader)
    pulse.start()
    const data = JSON.stringify({ reason: 'unknown', requested })
    const reset = isForeign ? encode({ event: 'reset', id: eventId(view.token, 0), data }) : ''
    reader.write(toBytes(firstBytes({ greeting: true, retry }) + reset))
    void follow(reader, view, next)
  }

  /** How the run stands; `null` where the store cannot say. */
  const look = async (key: string): Promise<RunView | undefined | null> => {
    try {
      return isKey(key) ? await store.read(key, Infinity) : undefined
    } catch (error) {
      report(error)
      return null
    }
  }

  return {
    keepTime: pulse.start,
    onRecords(producer, count, records) {
      tapes.get(producer.token)?.offer(count, records)
    },
    onEnd(producer, state, knowledge) {
      if (producer.phase === 'ended') producers.delete(producer)
      const tape = tapes.get(producer.token)
      if (knowledge === 'exact') tape?.finish(state, producer.count)
      else if (knowledge === 'store') tape?.wake()
      else tape?.cut(state)
    },
    async enter(key, exchange) {
      sessions.add(exchange)
      if (exchange.answerMethod()) return
      const view = isClosing ? null : await look(key)
      if (exchange.isGone) return exchange.abandon()
      if (view === null || isClosing) return sendBack(exchange)
      if (view) connect(exchange, view, key)
      else exchange.reply(404, 'Not Found\n', UNSTORED)
    },
    refuse(drain) {
      isClosing = true
      const own = new Set([...producers].map(({ token }) => token))
      const others = [...readers].filter(({ tape }) => !own.has(tape.token))
      cancelSpread = sendAway({
        list: others,
        over: drain,
        slice: SLICE,
        scheduler,
        prepare: () => {},
        each(reader, left) {
          if (reader.phase === 'reading') reader.write(toBytes(encode({ retry: Math.round(left) + retry })))
          reader.end()
        },
      })
    },
    async close() {
      cancelSpread()
      const empty = new Promise<void>((resolve) => (onEmpty = resolve))
      for (const reader of readers) reader.end()
      if (readers.size > 0) await empty
      pulse.stop()
      sessions.end()
    },
  }
}
