import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import type { CloseReason, Session, Source } from '../../src/server/session.js'
import { rawGet, serve, until } from '../support/http.js'
import { LeakCount } from '../support/leaks.js'

const TIMES = process.env['EVENTWIRE_CI'] ? 100 : 20
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let leaks: LeakCount
beforeEach(() => {
  leaks = new LeakCount()
})
afterEach(() => {
  leaks[Symbol.dispose]()
})

/** What one round leaves to count: how often sources were started and stopped, and their sessions. */
class Tally {
  started = 0
  stopped = 0
  sessions: Session[] = []
  errors: unknown[] = []

  async expectAllGone(reason: CloseReason): Promise<void> {
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
interface Moment {
  /** Default `disconnected`. */
  reason?: CloseReason
  /** Before the stream there is an await, which ends once the reader has gone. */
  auth?: boolean
  /** The source; tells `reached` when the reader is to go. */
  source(tally: Tally, reached: () => void): Source
}

const MOMENTS: Record<string, Moment> = {
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

describe.each(Object.entries(MOMENTS))('a reader that leaves %s', (_, { auth, source, reason }) => {
  it.each<[string, (socket: Socket) => unknown]>([
    ['FIN', (socket) => socket.end()],
    ['RST', (socket) => socket.resetAndDestroy()],
    ['FIN with the answer unread', (socket) => socket.destroy()],
  ])('by %s leaves nothing', async (__, leave) => {
    const tally = new Tally()
    const responses: ServerResponse[] = []
    await using server = await serve(async (req, res) => {
      responses.push(res)
      const id = req.headers['x-id'] as string
      const { reached, moment } = gate()
      if (auth) {
        reached()
        asked.get(id)?.()
        await new Promise((resolve) => req.socket.once('close', resolve))
      }
      const stream = source(tally, reached)
      tally.sessions.push(eventStream(req, res, stream, { onError: (error) => tally.errors.push(error) }))
      await moment
      arrived.get(id)?.()
    })
    const asked = new Map<string, () => void>()
    const arrived = new Map<string, () => void>()
    for (let round = 0; round < TIMES; round += 20) {
      await Promise.all(
        Array.from({ length: 20 }, async (___, i) => {
          const id = String(round + i)
          const here = new Promise<void>((resolve) => asked.set(id, resolve))
          const there = new Promise<void>((resolve) => arrived.set(id, resolve))
          const socket = await rawGet(server.port, { 'x-id': id })
          await (auth ? here : there)
          leave(socket)
          if (auth) await there
          // A FIN alone leaves the other direction open: what still comes is read, as a kernel would.
          socket.resume()
        }),
      )
    }
    await tally.expectAllGone(reason ?? 'disconnected')
    expect(tally.sessions.length).toBe(TIMES)
    if (auth) expect(tally.started).toBe(0)
    await until(() => server.sockets.size === 0, 'no open socket')
    for (const res of responses) expect(res.destroyed || res.writableFinished).toBe(true)
  })
})

describe.each(Object.entries(MOMENTS))('a reader of a web Response that leaves %s', (_, { source, auth, reason }) => {
  it.runIf(!auth).each(['cancel()', 'an abort'])('by %s leaves nothing', async (how) => {
    const tally = new Tally()
    for (let i = 0; i < TIMES; i++) {
      const controller = new AbortController()
      const { reached, moment } = gate()
      const request = new Request('http://localhost/', { signal: controller.signal })
      const { body } = eventStream(request, capture(source(tally, reached), tally), {
        onError: (error) => tally.errors.push(error),
      })
      await moment
      if (how === 'cancel()') await body!.cancel()
      else controller.abort()
      await until(() => getEventListeners(request.signal, 'abort').length === 0, 'no listener')
      // What was sent before `close()` stays readable.
      if (how === 'an abort' && reason === undefined) await expect(body!.getReader().read()).rejects.toThrow('cut')
    }
    await tally.expectAllGone(reason ?? 'disconnected')
    expect(tally.sessions.length).toBe(TIMES)
  })

  it('by an abort before leaves nothing', async () => {
    const tally = new Tally()
    for (let i = 0; i < TIMES; i++) {
      const request = new Request('http://localhost/', { signal: AbortSignal.abort() })
      expect(
        eventStream(
          request,
          source(tally, () => {}),
        ).body,
      ).toBe(null)
      expect(getEventListeners(request.signal, 'abort').length).toBe(0)
    }
    await turn()
    expect(tally.started).toBe(0)
    leaks.expectNone()
  })
})

function gate(): { reached: () => void; moment: Promise<void> } {
  let reached!: () => void
  const moment = new Promise<void>((resolve) => (reached = resolve))
  return { reached, moment }
}

/** The source, with its session noted. */
function capture(source: Source, tally: Tally): Source {
  return (session) => {
    tally.sessions.push(session)
    return (source as (session: Session) => AsyncIterable<never>)(session)
  }
}
