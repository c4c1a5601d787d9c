import { encodeComment } from '../../encoder/encode.js'
import { isStalled } from '../stalled.js'
import type { HubOptions } from './hub-options.js'
import { control, type Chunk, type HubActs } from './hub-acts.js'
import { LIVE } from './phase.js'
import { encodePosition } from './position.js'
import type { Reader } from './reader.js'
import type { Scheduler } from './scheduler.js'
import { walk } from './turns.js'

/** Looks at each reader once in a heartbeat or a stall: in the shorter of the two. */
const LOOKS = 4

/** Looks in a `maxAge` or `reauthorize`: there are eight in the quarter of it that they fall due in. */
const AGE_LOOKS = 32

/** Milliseconds, whatever the times. */
const SHORTEST_TICK = 5
const LONGEST_TICK = 60_000

/** Milliseconds that a timer may be late. */
const GRACE = 1000

/** The part of `maxAge` and `reauthorize` that chance may take off, so that readers let in together do not leave together. */
const AGE_JITTER = 0.25

export interface SweepOwner {
  readonly options: HubOptions
  readonly scheduler: Scheduler
  readonly readers: ReadonlySet<Reader>
  /** The position, where every live reader was given all up to it. */
  settled(): string | undefined
  readonly acts: HubActs
  /** Asks `authorize` again. */
  reauthorize(reader: Reader): void
}

/** The one timer of a channel: heartbeats, stalled readers, the age of connections. */
export interface Sweep {
  /** Of the last look. */
  readonly tick: number
  /** Takes a reader in. */
  add(reader: Reader): void
  /** It was authorized again. */
  authorized(reader: Reader): void
  /** Makes up for a timer that the host dropped, together with the request that set it. */
  nudge(): void
  stop(): void
}

export function createSweep(owner: SweepOwner): Sweep {
  const { options, scheduler } = owner
  const ageLooks = (ms: number): number => ms / AGE_LOOKS || Infinity
  const { heartbeat, stall, maxAge, reauthorize } = options
  const wanted = Math.min(heartbeat / LOOKS || Infinity, stall / LOOKS, ageLooks(maxAge), ageLooks(reauthorize))
  // Timers count whole milliseconds.
  const tickTime = Math.min(Math.max(Math.floor(wanted), SHORTEST_TICK), LONGEST_TICK)
  const ticksOf = (ms: number): number => Math.max(1, Math.floor(ms / tickTime))
  const dueAfter = (ms: number): number =>
    ms > 0 ? tick + ticksOf(ms * (1 - AGE_JITTER * scheduler.random())) : Infinity
  let cancel: (() => void) | undefined
  let armedAt = 0
  let tick = 0

  const look = (reader: Reader, beat: Chunk): void => {
    if (isStalled(reader, tick, ticksOf(stall))) return owner.acts.evict(reader)
    if (reader.isOver) return
    if (tick >= reader.askAt) {
      reader.askAt = Infinity
      owner.reauthorize(reader)
      if (reader.isOver) return
    }
    if (reader.sink.bufferedBytes > 0) return
    if (reader.phase === LIVE && tick >= reader.expiresAt) owner.acts.end(reader, 'rotated')
    else if (heartbeat > 0 && tick - reader.wroteAt >= ticksOf(heartbeat)) owner.acts.write(reader, reader.phase, beat)
  }

  const arm = (): void => {
    armedAt = scheduler.now()
    cancel = scheduler.later(turn, tickTime)
  }

  const turn = (): void => {
    tick++
    arm()
    const comment = encodeComment('')
    const plain = control(comment)
    const position = owner.settled()
    // Moves the position of readers whose topics are silent, so that it stays within the history.
    const placed = position === undefined ? plain : control(comment + encodePosition(position, options.positionEvent))
    walk(owner.readers, {
      slice: options.limits.slice,
      scheduler,
      visit: (reader) => look(reader, reader.phase === LIVE && owner.settled() === position ? placed : plain),
    })
  }

  return {
    get tick() {
      return tick
    },
    add(reader) {
      if (!cancel) arm()
      reader.wroteAt = reader.movedAt = tick
      reader.expiresAt = dueAfter(maxAge)
      reader.askAt = dueAfter(reauthorize)
    },
    authorized(reader) {
      reader.askAt = dueAfter(reauthorize)
    },
    nudge() {
      if (!cancel || scheduler.now() <= armedAt + tickTime * 2 + GRACE) return
      cancel()
      turn()
    },
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
}
