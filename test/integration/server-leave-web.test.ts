import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import type { Session, Source } from '../../src/server/session.js'
import { until } from '../support/servers/http.js'
import { LeakCount } from '../support/leaks/leaks.js'
import { gate, MOMENTS, Tally, TIMES } from '../support/leaks/leave-moments.js'

/** Before `auth` ends there is no body yet that could be cancelled. */
const STREAMING = Object.entries(MOMENTS).filter(([, { auth }]) => !auth)

let leaks: LeakCount
beforeEach(() => {
  leaks = new LeakCount()
})
afterEach(() => {
  leaks[Symbol.dispose]()
})

describe.each(STREAMING)('a reader of a web Response that leaves %s', (_, { source, reason }) => {
  it.each(['cancel()', 'an abort'])('by %s leaves nothing', async (how) => {
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
      // Quietly: an error would only be logged by the host.
      if (how === 'an abort') await new Response(body).text()
    }
    await tally.expectAllGone(reason ?? 'disconnected', leaks)
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
    await new Promise((resolve) => setImmediate(resolve))
    expect(tally.started).toBe(0)
    leaks.expectNone()
  })
})

/** The source, with its session noted. */
function capture(source: Source, tally: Tally): Source {
  return (session) => {
    tally.sessions.push(session)
    return (source as (session: Session) => AsyncIterable<never>)(session)
  }
}
