import { expect } from 'vitest'
import type { CloseReason, Session, Source } from '../../../src/server/session.js'
import { until } from '../servers/http.js'
import type { LeakCount } from './leaks.js'

/** How often a reader leaves at each moment, in each way. */
export const TIMES = process.env['EVENTWIRE_CI'] ? 100 : 20

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What one round leaves to count: how often sources were started and stopped, and their sessions. */
export class Tally {
  started = 0
  stopped = 0
  sessions: Session[] = []
  errors: unknown[] = []

  async expectAllGone(reason: CloseReason, leaks: LeakCount): Promise<void> {
    const reasons = await Promise.all(this.sessions.map((session) => session.closed))
    await until(() => this.stopped === this.started, 'a stopped source for each that was started')
    await turn()
    expect(this.stopped).toBe(this.started)
    expect(new Set(reasons)).toEqual(new Set([reason]))
    expect(this.errors).toEqual([])
    for (const session of this.sessions) {
      expect(session.signal.aborted).toBe(true)
      expect(session.bufferedBytes).toBe(0)
      expect(session.send({ data: 'late' })).toBe(false)
    }
    leaks.expectNone()
  }
}

/** A moment at which the reader leaves: what the server does, and when the reader goes. */
export interface Moment {
  /** Default `disconnected`. */
  reason?: CloseReason
  /** Before the stream there is an await, which ends once the reader has gone. */
  auth?: boolean
  /** The source; tells `reached` when the reader is to go. */
  source(tally: Tally, reached: () => void): Source
}

export const MOMENTS: Record<string, Moment> = {
  'before auth ends': {
    auth: true,
    source: (tally) => () => {
      tally.started++
      return () => tally.stopped++
    },
  },
  'before the source has its clean-up': {
    source: (tally, reached) => async (session) => {
      tally.started++
      reached()
      await session.closed
      return () => tally.stopped++
    },
  },
  'before the first event': {
    source: (tally, reached) =>
      async function* (session) {
        tally.started++
        try {
          reached()
          await new Promise((resolve) => session.signal.addEventListener('abort', resolve))
          yield { data: 'never' }
        } finally {
          tally.stopped++
        }
      },
  },
  'between two events': {
    source: (tally, reached) =>
      async function* (session) {
        tally.started++
        try {
          yield { data: 'one' }
          reached()
          await session.closed
          yield { data: 'never' }
        } finally {
          tally.stopped++
        }
      },
  },
  'while a callback sends on a timer': {
    source: (tally, reached) => (session) => {
      tally.started++
      reached()
      const timer = setInterval(() => session.send({ data: { at: 1 } }), 1)
      return () => {
        clearInterval(timer)
        tally.stopped++
      }
    },
  },
  'in the middle of an event, under backpressure': {
    source: (tally, reached) =>
      async function* (session) {
        tally.started++
        try {
          for (;;) {
            setImmediate(() => session.bufferedBytes > 0 && reached())
            yield { data: 'x'.repeat(1_000_000) }
          }
        } finally {
          tally.stopped++
        }
      },
  },
  'during an asynchronous clean-up': {
    reason: 'closed',
    source: (tally, reached) =>
      async function* (session) {
        tally.started++
        try {
          yield { data: 'one' }
          session.close()
        } finally {
          reached()
          await session.closed
          await turn()
          tally.stopped++
        }
      },
  },
  'while a callback waits for drained()': {
    source: (tally, reached) => async (session) => {
      tally.started++
      while (session.send({ data: 'x'.repeat(1_000_000) }));
      reached()
      await session.drained()
      return () => tally.stopped++
    },
  },
}

export function gate(): { reached: () => void; moment: Promise<void> } {
  let reached!: () => void
  const moment = new Promise<void>((resolve) => (reached = resolve))
  return { reached, moment }
}
