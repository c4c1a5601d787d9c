import type { ServerResponse } from 'node:http'
import { encode } from '../encoder/encode.js'
import { check } from '../options/check-options.js'
import { drain as sendAway } from '../server/channel/turns.js'
import type { Scheduler } from '../server/channel/scheduler.js'
import { eventRequestOf, requestedId, type EventRequest } from '../server/event-request.js'
import { createNodeSink, isNodeReaderGone } from '../server/node-sink.js'
import type { NodeRequest, NodeResponse } from '../server/node-types.js'
import { firstBytes, webHeaders } from '../server/response-head.js'
import { toBytes } from '../server/to-bytes.js'
import { createWebSink } from '../server/web-sink.js'
import { byMethod, give, later, plain, streamHead } from './answers.js'
import { compactionOf } from './compaction.js'
import type { Producer } from './producer.js'
import type { ProducerOwner } from './producer-owner.js'
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
  /** Answers a request. Gives the response to a web request. */
  enter(key: string, raw: Request | NodeRequest, res?: NodeResponse): Promise<Response | undefined>
  /** A producer has come. */
  keepTime(): void
  /** Lets nobody in any more, and sends readers of other processes' runs there within `drain` milliseconds. */
  refuse(drain: number): void
  /** Ends all connections. Resolves when the last has gone. */
  close(): Promise<void>
}

/** Readers that are sent away at once. */
const SLICE = 2000

export function createReaders({ settings, scheduler, store, producers }: ReadersOwner): Readers {
  const { report, heartbeat, lease, endEvent, retry } = settings
  const readers = new Set<RunReader>()
  const tapes = new Map<string, Tape>()
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
    const made = new Tape(tapeOwner, key, token, isLocal)
    // A run that died before its first message is never heard of.
    if (!isLocal) made.expect(view.lease)
    tapes.set(token, made)
    return made
  }

  const follow = async (reader: RunReader, view: RunView, next: number): Promise<void> => {
    const { tape } = reader
    while (tape.count < view.count && !tape.hasEnded && reader.phase === 'waiting') await tape.load()
    if (view.state !== 'running') tape.wake()
    const isNew = next === 0 && settings.hooks.compact
    const compaction = isNew ? await compactionOf(tape, settings) : undefined
    if (reader.phase !== 'waiting') return
    if (compaction?.wire) reader.write(compaction.wire)
    reader.read(compaction?.wire ? compaction.count : next)
  }

  const connect = (request: EventRequest, view: RunView, key: string, res?: NodeResponse): Response | undefined => {
    const requested = requestedId(request) === '' ? undefined : request.lastEventId
    const number = requested === undefined ? 0 : eventNumber(view.token, requested)
    const hasEnded = view.state !== 'running'
    // The end of a run that does not end well is an event too.
    const total = hasEnded && view.state !== 'done' ? view.count + 1 : view.count
    const isForeign = number === undefined || number > total
    if (hasEnded && !isForeign && number >= total)
      return give(plain(settings, request, 204), request, res as ServerResponse)
    const head = streamHead(settings, request)
    if (request.method === 'HEAD') return give({ status: 200, fields: head, text: '' }, request, res as ServerResponse)

    const next = isForeign ? 0 : number
    const tape = tapeOf(key, view)
    const reader = new RunReader(readerOwner, tape, next)
    let response: Response | undefined
    if (res) {
      ;(res as ServerResponse).writeHead(200, head)
      reader.sink = createNodeSink(request.raw as NodeRequest, res, reader)
    } else {
      const { sink, body } = createWebSink(reader, (request.raw as Request).signal)
      reader.sink = sink
      response = new Response(body, { headers: webHeaders(head) })
    }
    readers.add(reader)
    tape.readers.add(reader)
    pulse.start()
    const data = JSON.stringify({ reason: 'unknown', requested })
    const reset = isForeign ? encode({ event: 'reset', id: eventId(view.token, 0), data }) : ''
    reader.write(toBytes(firstBytes({ greeting: true, retry }) + reset))
    void follow(reader, view, next)
    return response
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
    async enter(key, raw, res) {
      check('key', typeof key === 'string', 'must be a string. Call fetch(request, key), or node(req, res, key)')
      const request = eventRequestOf(raw)
      const answer = byMethod(settings, request) ?? (isClosing ? later(settings, request) : undefined)
      if (answer) return give(answer, request, res as ServerResponse)
      let view: RunView | undefined
      try {
        if (isKey(key)) view = await store.read(key, Infinity)
      } catch (error) {
        report(error)
        return give(later(settings, request), request, res as ServerResponse)
      }
      if (res && isNodeReaderGone(raw as NodeRequest, res)) return undefined
      if (!res && (raw as Request).signal?.aborted) {
        return new Response(null, { headers: webHeaders(streamHead(settings, request)) })
      }
      if (isClosing) return give(later(settings, request), request, res as ServerResponse)
      if (!view) return give(plain(settings, request, 404), request, res as ServerResponse)
      return connect(request, view, key, res)
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
    close() {
      cancelSpread()
      return new Promise((resolve) => {
        onEmpty = resolve
        for (const reader of readers) reader.end()
        if (readers.size === 0) resolve()
      })
    },
  }
}
