import { encodeComment } from '../encoder/encode.js'
import type { Scheduler } from '../server/channel/scheduler.js'
import { isStalled } from '../server/stalled.js'
import { toBytes } from '../server/to-bytes.js'
import type { Producer } from './producer.js'
import type { RunReader } from './run-reader.js'
import type { Tape } from './tape.js'

/** Looks once in a heartbeat, a stall or a lease: in the shortest of the three. */
const LOOKS = 4

/** Milliseconds that a connection may take nothing of what waits for it. */
const STALL = 30_000

/** Milliseconds, whatever the times. */
const SHORTEST_TICK = 5

export interface PulseOwner {
  readonly scheduler: Scheduler
  readonly heartbeat: number
  readonly lease: number
  readonly producers: ReadonlySet<Producer>
  readonly tapes: { values(): Iterable<Tape> }
  readonly readers: ReadonlySet<RunReader>
}

/** The one timer of all runs of a process: leases, runs that nobody hears of any more, heartbeats, stalled readers. */
export interface Pulse {
  /** Of the last look. */
  readonly tick: number
  /** To be called when a producer or a reader has come. It goes on until there is none. */
  start(): void
  /** Nobody comes any more. */
  stop(): void
}

export function createPulse(owner: PulseOwner): Pulse {
  const { scheduler, heartbeat, lease, producers, tapes, readers } = owner
  const wanted = Math.min(heartbeat || Infinity, STALL, lease) / LOOKS
  // Timers count whole milliseconds.
  const tickTime = Math.max(Math.floor(wanted), SHORTEST_TICK)
  const ticksOf = (ms: number): number => Math.max(1, Math.floor(ms / tickTime))
  const beat = toBytes(encodeComment(''))
  let cancel: (() => void) | undefined
  let tick = 0

  const look = (reader: RunReader): void => {
    if (isStalled(reader, tick, ticksOf(STALL))) return reader.drop()
    if (reader.sink.bufferedBytes > 0 || reader.phase === 'ending') return
    if (heartbeat > 0 && tick - reader.wroteAt >= ticksOf(heartbeat)) reader.write(beat)
  }

  const turn = (): void => {
    cancel = undefined
    tick++
    const now = scheduler.now()
    for (const producer of producers) producer.pulse(now)
    for (const tape of tapes.values()) if (tape.lookAt > 0 && now >= tape.lookAt) tape.wake()
    for (const reader of readers) look(reader)
    if (producers.size + readers.size > 0) start()
  }

  const start = (): void => {
    cancel ??= scheduler.later(turn, tickTime)
  }

  return {
    get tick() {
      return tick
    },
    start,
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
}
