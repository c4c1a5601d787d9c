import { describe, expect, it, vi } from 'vitest'
import { createEngine } from '../../../src/client/engine.js'
import type { Engine } from '../../../src/client/engine-types.js'
import type { State } from '../../../src/client/types.js'

/** An engine in one of its states, with what moves it on from there. */
interface Stand {
  engine: Engine
  answer(): void
  refuse(): void
  /** The clean end of the body. */
  end(): void
  cut(): void
  /** The owner has a reason to rest. */
  pause(): void
  /** It has none any more. */
  wake(): void
  abort(): void
  tick(): Promise<void>
}

async function stand(state: State): Promise<Stand> {
  const aborter = new AbortController()
  let answer!: (response: Response) => void
  let refuse!: (error: unknown) => void
  let body!: ReadableStreamDefaultController
  let isPaused = false
  const fetch = (): Promise<Response> =>
    new Promise((resolve, reject) => {
      answer = resolve
      refuse = reject
    })
  const backoff = { min: 1000, max: 1000, factor: 1, jitter: 0, attempts: Infinity, stableAfter: Infinity }
  const engine = createEngine(
    { url: 'http://example.com/', lastEventId: '', backoff, retryHint: false, fetch, signal: aborter.signal },
    {
      request: async () => ['http://example.com/', {}],
      decide: () => true,
      onEvent: () => {},
      onReady: () => engine.pull(),
      onState: () => {},
      onClosed: () => {},
      isPaused: () => isPaused,
    },
  )
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)
  const at: Stand = {
    engine,
    answer() {
      const stream = new ReadableStream({ start: (controller) => void (body = controller) })
      answer(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }))
    },
    refuse: () => refuse(new TypeError('fetch failed')),
    end: () => body.close(),
    cut: () => body.error(new TypeError('terminated')),
    pause() {
      isPaused = true
      engine.rest()
    },
    wake() {
      isPaused = false
      engine.wake()
    },
    abort: () => aborter.abort(),
    tick: async () => void (await vi.advanceTimersByTimeAsync(1000)),
  }
  await settle()
  if (state === 'open') at.answer()
  if (state === 'waiting') at.refuse()
  if (state === 'paused') at.pause()
  if (state === 'closed') engine.finish('closed')
  await settle()
  expect(engine.state).toBe(state)
  return at
}

const EVENTS: Record<string, (stand: Stand) => unknown> = {
  answer: (at) => at.answer(),
  'no answer': (at) => at.refuse(),
  'clean end': (at) => at.end(),
  cut: (at) => at.cut(),
  'the delay is over': (at) => at.tick(),
  'reconnect()': ({ engine }) => engine.reconnect(),
  'a reason to rest': (at) => at.pause(),
  'no reason to rest': (at) => at.wake(),
  'finish()': ({ engine }) => engine.finish('closed'),
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
    'finish()': 'closed',
    'the signal': 'closed',
  },
  open: {
    'clean end': 'waiting',
    cut: 'waiting',
    'the delay is over': 'open',
    'reconnect()': 'connecting',
    'a reason to rest': 'paused',
    'no reason to rest': 'open',
    'finish()': 'closed',
    'the signal': 'closed',
  },
  waiting: {
    'the delay is over': 'connecting',
    'reconnect()': 'connecting',
    'a reason to rest': 'paused',
    'no reason to rest': 'waiting',
    'finish()': 'closed',
    'the signal': 'closed',
  },
  paused: {
    answer: 'paused',
    'no answer': 'paused',
    'the delay is over': 'paused',
    'reconnect()': 'paused',
    'a reason to rest': 'paused',
    'no reason to rest': 'connecting',
    'finish()': 'closed',
    'the signal': 'closed',
  },
  closed: {
    answer: 'closed',
    'no answer': 'closed',
    'the delay is over': 'closed',
    'reconnect()': 'closed',
    'a reason to rest': 'closed',
    'no reason to rest': 'closed',
    'finish()': 'closed',
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
      expect(at.engine.state).toBe(to)
      at.engine.finish('closed')
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
