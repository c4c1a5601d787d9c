import { encode } from '../../encoder/encode.js'
import { EncodeError } from '../../errors/encode-error.js'
import { checkOptions } from '../../options/check-options.js'
import { reconnectionTime } from '../../options/rules.js'
import { MAX_DELAY } from '../../wire/constants.js'
import { attempt } from '../async.js'
import { firstBytes } from '../response-head.js'
import { encodeStreamMessage } from '../stream-message.js'
import { toBytes } from '../to-bytes.js'
import { createCatchUps } from './catch-up.js'
import { createConnect } from './connect.js'
import { createFanOut } from './fan-out.js'
import { control, type HubActs } from './hub-acts.js'
import type { HubOptions } from './hub-options.js'
import { Log } from './log.js'
import { LIVE, type ChannelCloseReason } from './phase.js'
import { createPick, join } from './pick.js'
import type { Reader, ReaderOwner } from './reader.js'
import { Readers } from './readers.js'
import type { Scheduler } from './scheduler.js'
import { createSweep } from './sweep.js'
import type { Transport } from './transport.js'
import { createGate, drain } from './turns.js'

/** Bytes that may wait for a reader before `send` says so. */
const HIGH_WATER_MARK = 64 * 1024

/** The readers of one channel, and what each is to be written. Knows nothing of HTTP: it writes to sinks. */
export interface Hub extends ReaderOwner {
  readonly readers: Readers
  readonly acts: HubActs
  /** For newcomers: what to wait for before one is let in. */
  gate(): Promise<void> | undefined
  /** Takes in a reader whose sink is open. `requested` as in `CatchUps`. */
  join(reader: Reader, requested: string | undefined): void
  /** Resolves when publishers may go on; `undefined` where they need not wait. */
  room(): Promise<void> | undefined
  /** A reconnection time, cut by chance so that readers do not all come back at once. */
  jittered(retry: number): number
  /**
   * Ends all readers, spread over `over` milliseconds, and tells them to come back `restart` milliseconds after the end
   * of that, or later. Resolves when the last has gone.
   */
  close(over: number, restart: number): Promise<void>
}

/** What a hub stands on. */
export interface HubGround {
  readonly transport: Transport
  readonly scheduler: Scheduler
  /** Asks `authorize` again for a reader that stays. Gives whether it may; sets its context. */
  reauthorize?(reader: Reader): Promise<boolean>
}

export function createHub(options: HubOptions, ground: HubGround): Hub {
  const { transport, scheduler } = ground
  const { maxBytes, policy, hooks, report } = options
  const readers = new Readers()
  const log = new Log(maxBytes)
  const pick = createPick(hooks, (a, b) => transport.compare(a, b))
  const gate = createGate(scheduler, options.limits.steps)
  let isSubscribed = false
  /** The transport has ended: nothing more comes for any reader of this process. */
  let isOver = false
  let onEmpty: (() => void) | undefined

  const jittered = (retry: number): number =>
    Math.min(Math.ceil(retry * (1 - options.retryJitter * scheduler.random())), MAX_DELAY)

  const tell: HubActs['tell'] = (hook, ...values) => {
    const { metrics } = hooks
    if (metrics?.[hook]) void attempt(() => (metrics[hook] as (...all: unknown[]) => unknown)(...values), report)
  }

  const leave = (reader: Reader, reason: ChannelCloseReason): void => {
    const { phase, connected } = reader
    catchUps.forget(reader)
    const first = phase.kind === 'ending' ? phase.reason : reason
    if (!reader.become({ kind: 'closed', reason: first })) return
    readers.remove(reader)
    reader.sink.destroy()
    tell('close', first, reader)
    const bye = (): void => void attempt(() => hooks.onDisconnect?.(reader, first), report)
    // Who keeps a list of those present has it without the reader in the end.
    if (typeof connected === 'object') void connected.then(bye)
    else if (connected) bye()
    if (readers.size > 0) return
    sweep.stop()
    onEmpty?.()
  }

  const acts: HubActs = {
    tell,
    write(reader, phase, { wire, events }) {
      if (!reader.write(phase, wire)) return
      reader.wroteAt = sweep.tick
      if (events > 0) tell('sent', events, wire.byteLength, reader)
    },
    end(reader, reason, retry) {
      if (reader.isOver) return
      if (reason !== 'unauthorized' && reason !== 'failed') fanOut.bringUp(reader)
      if (retry !== undefined) acts.write(reader, reader.phase, control(encode({ retry: Math.min(retry, MAX_DELAY) })))
      catchUps.forget(reader)
      readers.dismiss(reader)
      if (reader.become({ kind: 'ending', reason })) reader.sink.end()
    },
    evict(reader) {
      if (!reader.isOver) tell('evicted', 'disconnect', reader)
      leave(reader, 'slow')
    },
    fail(reader, error) {
      report(error)
      leave(reader, 'failed')
    },
  }

  const connect = createConnect(hooks, acts)
  const fanOut = createFanOut({ options, scheduler, readers, log, pick, acts, keeps: () => catchUps.size > 0 })
  const catchUps = createCatchUps({ options, transport, log, pick, acts, gate, connect })
  const sweep = createSweep({
    options,
    scheduler,
    readers: readers.all(),
    settled: () => (log.end > log.flushed ? undefined : log.position),
    acts,
    reauthorize(reader) {
      ground.reauthorize!(reader).then(
        (isAllowed) => (isAllowed ? sweep.authorized(reader) : acts.end(reader, 'unauthorized')),
        (error) => {
          if (!reader.isOver) report(error)
          acts.end(reader, 'failed')
        },
      )
    },
  })

  transport.prepare?.(options.history)

  const subscribe = (): void => {
    isSubscribed = true
    transport.subscribe(
      {
        onReset(position) {
          log.reset(position)
          catchUps.onReset(readers.all())
        },
        onEntry(entry) {
          log.push(entry)
          catchUps.onEntry()
          fanOut.schedule()
          sweep.nudge()
          if (log.pendingBytes > maxBytes) fanOut.flushNow()
        },
        onError: report,
        onEnd(error) {
          if (isOver) return
          isOver = true
          report(error)
          fanOut.flushNow()
          for (const reader of readers.all()) acts.end(reader, 'failed')
        },
      },
      options.history,
    )
  }

  return {
    readers,
    acts,
    gate,
    jittered,
    room: fanOut.room,
    join(reader, requested) {
      if (!isSubscribed) subscribe()
      readers.add(reader)
      sweep.add(reader)
      tell('open', reader)
      const first = firstBytes({ greeting: options.greeting, retry: jittered(options.retry) })
      acts.write(reader, reader.phase, control(first))
      if (isOver) acts.end(reader, 'failed')
      else catchUps.start(reader, requested)
    },
    send(reader, message) {
      if ((message as { id?: unknown } | null)?.id !== undefined) {
        throw new EncodeError('id', 'is given by the channel')
      }
      const wire = toBytes(encodeStreamMessage(message))
      fanOut.bringUp(reader)
      const { phase } = reader
      if (reader.isOver || phase.kind === 'behind' || phase.kind === 'held') return false
      const { bufferedBytes } = reader.sink
      if (bufferedBytes > 0 && bufferedBytes + wire.byteLength > maxBytes) {
        if (policy === 'disconnect') acts.evict(reader)
        return false
      }
      acts.write(reader, phase, { wire, events: 1 })
      return reader.bufferedBytes <= Math.min(HIGH_WATER_MARK, maxBytes)
    },
    setTopics(reader, topics) {
      if (reader.isOver) return
      fanOut.bringUp(reader)
      const { phase } = reader
      if (phase.kind === 'catching-up' && reader.connected === true && log.position !== undefined) {
        ;(reader.earlier ??= []).push({ until: log.position, topics: reader.topics })
      }
      readers.move(reader, topics)
    },
    dismiss(reader, given) {
      checkOptions(given, { retry: reconnectionTime })
      acts.end(reader, 'closed', given?.retry)
    },
    onDrain(reader) {
      const { phase } = reader
      if (phase.kind === 'catching-up') phase.wake?.()
      else if (phase.kind === 'behind') catchUps.start(reader, '', 'slow')
      else if (phase.kind === 'held' && reader.become(LIVE)) {
        const entries = [...phase.entries.values()]
        acts.write(reader, LIVE, { wire: join(entries), events: entries.length })
      }
    },
    onClose(reader, byReader) {
      leave(reader, byReader ? 'disconnected' : 'closed')
    },
    close(over, restart) {
      return new Promise((resolve) => {
        const cancel = drain({
          list: [...readers.all()],
          over,
          slice: options.limits.slice,
          scheduler,
          prepare: fanOut.flushNow,
          each: (reader, left) => acts.end(reader, 'closed', Math.ceil(left + restart) + jittered(options.retry)),
        })
        onEmpty = () => {
          cancel()
          resolve()
        }
        if (readers.size === 0) onEmpty()
      })
    },
  }
}
