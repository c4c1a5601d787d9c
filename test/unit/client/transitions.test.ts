import { describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/client/connect.js'
import type { Connection, State } from '../../../src/client/types.js'

/** A connection in one of its states, with what moves it on from there. */
interface Stand {
  connection: Connection
  answer(): void
  refuse(): void
  /** The clean end of the body. */
  end(): void
  cut(): void
  /** The page is hidden: a reason to rest. */
  pause(): void
  /** It is shown again. */
  wake(): void
  abort(): void
  tick(): Promise<void>
}

async function stand(state: State): Promise<Stand> {
  const aborter = new AbortController()
  let answer!: (response: Response) => void
  let refuse!: (error: unknown) => void
  let body!: ReadableStreamDefaultController
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('document', page)
  const show = (visibilityState: string): void => {
    page.visibilityState = visibilityState
    page.dispatchEvent(new Event('visibilitychange'))
  }
  const fetch = (): Promise<Response> =>
    new Promise((resolve, reject) => {
      answer = resolve
      refuse = reject
    })
  const connection = connect('http://example.com/', {
    backoff: { min: 1000, max: 1000, jitter: 0 },
    fetch,
    signal: aborter.signal,
    pause: ['hidden'],
  })
  connection.next().catch(() => {})
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)
  const at: Stand = {
    connection,
    answer() {
      const stream = new ReadableStream({ start: (controller) => void (body = controller) })
      answer(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }))
    },
    refuse: () => refuse(new TypeError('fetch failed')),
    end: () => body.close(),
    cut: () => body.error(new TypeError('terminated')),
    pause: () => show('hidden'),
    wake: () => show('visible'),
    abort: () => aborter.abort(),
    tick: async () => void (await vi.advanceTimersByTimeAsync(1000)),
  }
  await settle()
  if (state === 'open') at.answer()
  if (state === 'waiting') at.refuse()
  if (state === 'paused') at.pause()
  if (state === 'closed') await connection.close()
  await settle()
  expect(connection.state).toBe(state)
  return at
}

const EVENTS: Record<string, (stand: Stand) => unknown> = {
  answer: (at) => at.answer(),
  'no answer': (at) => at.refuse(),
  'clean end': (at) => at.end(),
  cut: (at) => at.cut(),
  'the delay is over': (at) => at.tick(),
  'reconnect()': ({ connection }) => connection.reconnect(),
  'a reason to rest': (at) => at.pause(),
  'no reason to rest': (at) => at.wake(),
  'close()': ({ connection }) => connection.close(),
  'the signal': (at) => at.abort(),
}

/** What is not named here cannot happen in a state. */
const TABLE: Record<State, Record<string, State>> = {
  connecting: {
    answer: 'open',
    'no answer': 'waiting',
    'the delay is over': 'connecting',
    'reconnect()': 'connecting',
    'a reason to rest': 'paused',
    'no reason to rest': 'connecting',
    'close()': 'closed',
    'the signal': 'closed',
  },
  open: {
    'clean end': 'waiting',
    cut: 'waiting',
    'the delay is over': 'open',
    'reconnect()': 'connecting',
    'a reason to rest': 'paused',
    'no reason to rest': 'open',
    'close()': 'closed',
    'the signal': 'closed',
  },
  waiting: {
    'the delay is over': 'connecting',
    'reconnect()': 'connecting',
    'a reason to rest': 'paused',
    'no reason to rest': 'waiting',
    'close()': 'closed',
    'the signal': 'closed',
  },
  paused: {
    answer: 'paused',
    'no answer': 'paused',
    'the delay is over': 'paused',
    'reconnect()': 'paused',
    'a reason to rest': 'paused',
    'no reason to rest': 'connecting',
    'close()': 'closed',
    'the signal': 'closed',
  },
  closed: {
    answer: 'closed',
    'no answer': 'closed',
    'the delay is over': 'closed',
    'reconnect()': 'closed',
    'a reason to rest': 'closed',
    'no reason to rest': 'closed',
    'close()': 'closed',
    'the signal': 'closed',
  },
}

describe('what leads from one state to another', () => {
  const rows = Object.entries(TABLE).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => ({ from: from as State, event, to })),
  )

  it.each(rows)('$from, $event: $to', async ({ from, event, to }) => {
    vi.useFakeTimers()
    try {
      const at = await stand(from)
      await EVENTS[event]!(at)
      await vi.advanceTimersByTimeAsync(0)
      expect(at.connection.state).toBe(to)
      await at.connection.close()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
      vi.unstubAllGlobals()
    }
  })
})
