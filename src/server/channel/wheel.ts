import { encode } from '../../encoder/encode.js'
import { encodeComment } from '../../encoder/encode.js'
import { toBytes } from '../to-bytes.js'
import type { HubOptions } from './hub-options.js'
import { LIVE, type ChannelCloseReason, type Phase, type Reader } from './reader.js'
import type { Scheduler } from './scheduler.js'
import { walk } from './walk.js'

/** Looks at each reader in a heartbeat or a stall, whichever is shorter. */
const LOOKS = 4

/** Looks in a `maxAge`: there are eight in the quarter of it that connections end in. */
const AGE_LOOKS = 32

/** Milliseconds, whatever the times. */
const SHORTEST_TICK = 5
const LONGEST_TICK = 60_000

/** The part of `maxAge` that chance may take off, so that readers let in together do not leave together. */
const AGE_JITTER = 0.25

export interface WheelHost {
  readonly options: HubOptions
  readonly scheduler: Scheduler
  readonly readers: ReadonlySet<Reader>
  /** The position, where every live reader was given all up to it. */
  settled(): string | undefined
  write(reader: Reader, phase: Phase, wire: Uint8Array, events: number): void
  evict(reader: Reader): void
  end(reader: Reader, reason: ChannelCloseReason): void
}

/** The one timer of a channel: heartbeats, stalled readers, the age of connections. */
export interface Wheel {
  /** Of the last look. */
  readonly tick: number
  /** Takes a reader in. */
  add(reader: Reader): void
  stop(): void
}

export function createWheel(host: WheelHost): Wheel {
  const { options, scheduler } = host
  const { heartbeat, stall, maxAge } = options
  const wanted = Math.min(heartbeat / LOOKS || Infinity, stall / LOOKS, maxAge / AGE_LOOKS || Infinity)
  // Timers count whole milliseconds.
  const tickTime = Math.min(Math.max(Math.floor(wanted), SHORTEST_TICK), LONGEST_TICK)
  const ticksOf = (ms: number): number => Math.max(1, Math.floor(ms / tickTime))
  let cancel: (() => void) | undefined
  let tick = 0

  const look = (reader: Reader, beat: Uint8Array): void => {
    const { bufferedBytes } = reader.sink
    const taken = reader.written - bufferedBytes
    if (bufferedBytes === 0 || taken > reader.taken) {
      reader.taken = taken
      reader.movedAt = tick
    } else if (tick - reader.movedAt >= ticksOf(stall)) return host.evict(reader)
    if (bufferedBytes > 0 || reader.phase.kind === 'ending') return
    if (reader.phase === LIVE && reader.expiresAt > 0 && tick >= reader.expiresAt) host.end(reader, 'rotated')
    else if (heartbeat > 0 && tick - reader.wroteAt >= ticksOf(heartbeat)) host.write(reader, reader.phase, beat, 0)
  }

  const turn = (): void => {
    tick++
    cancel = scheduler.later(turn, tickTime)
    const comment = encodeComment('')
    const plain = toBytes(comment)
    const position = host.settled()
    // Moves the position of readers whose topics are silent, so that it stays within the history.
    const placed = position === undefined ? plain : toBytes(comment + encode({ id: position }))
    walk(host.readers, options.limits.slice, scheduler, (reader) => {
      look(reader, reader.phase === LIVE && host.settled() === position ? placed : plain)
    })
  }

  return {
    get tick() {
      return tick
    },
    add(reader) {
      cancel ??= scheduler.later(turn, tickTime)
      reader.wroteAt = reader.movedAt = tick
      if (maxAge > 0) reader.expiresAt = tick + ticksOf(maxAge * (1 - AGE_JITTER * scheduler.random()))
    },
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
}
