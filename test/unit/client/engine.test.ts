import { describe, expect, it, vi } from 'vitest'
import { createEngine } from '../../../src/client/engine.js'
import { HookFailure } from '../../../src/client/hook.js'
import type { Engine, EngineOptions, EngineOwner } from '../../../src/client/engine-types.js'

const options: EngineOptions = {
  url: 'http://example.com/',
  lastEventId: '',
  backoff: { min: 0, max: 0, factor: 1, jitter: 0, attempts: Infinity, stableAfter: 0 },
  retryHint: false,
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function start(
  owner: Partial<EngineOwner>,
  chunks: string[],
  more: Partial<EngineOptions> = {},
): { engine: Engine; log: string[] } {
  const log: string[] = []
  const encoder = new TextEncoder()
  const body = (): ReadableStream =>
    new ReadableStream(
      {
        pull(controller) {
          const chunk = chunks.shift()
          if (chunk === undefined) return controller.close()
          log.push('read')
          controller.enqueue(encoder.encode(chunk))
        },
      },
      { highWaterMark: 0 },
    )
  const fetch = async (): Promise<Response> =>
    new Response(body(), { headers: { 'content-type': 'text/event-stream' } })
  const engine = createEngine(
    { ...options, fetch, ...more },
    {
      request: async () => ['http://example.com/', {}],
      decide: () => 'end',
      onEvent: ({ data }) => void log.push(data),
      onReady: () => {
        log.push('ready')
        engine.pull()
      },
      onState: (state) => log.push(state),
      onClosed: (reason) => log.push(`closed: ${reason}`),
      ...owner,
    },
  )
  return { engine, log }
}

describe('the engine', () => {
  it('is ready for the next chunk once it is open, and after each one', async () => {
    const { log } = start({}, ['data: 1\n\nda', 'ta: 2\n\n'])
    expect(log).toEqual([])
    await vi.waitFor(() => expect(log.at(-1)).toBe('closed: end'))
    expect(log).toEqual([
      'connecting',
      'open',
      'ready',
      'read',
      '1',
      'ready',
      'read',
      '2',
      'ready',
      'ready',
      'closed',
      'closed: end',
    ])
  })

  it('reads one chunk at a time, each when its owner pulls', async () => {
    const { engine, log } = start({ onReady() {} }, ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'])
    const reads = async (): Promise<number> => {
      await settle()
      return log.filter((entry) => entry === 'read').length
    }
    expect(await reads()).toBe(0)
    engine.pull()
    expect(await reads()).toBe(1)
    engine.pull()
    engine.pull()
    expect(await reads()).toBe(2)
    engine.finish('closed')
    engine.pull()
    expect(await reads()).toBe(2)
  })

  it('tells nothing of what follows the last event', async () => {
    const { engine, log } = start({ onEvent: ({ data }) => log.push(data) > 0, onReady() {} }, [
      'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n',
    ])
    await settle()
    engine.pull()
    await settle()
    expect(log).toEqual(['connecting', 'open', 'read', '1'])
    expect(engine.lastEventId).toBe('1')
    engine.finish('end')
  })

  it('tells nothing of the rest of a chunk once its owner has let go', async () => {
    const log: string[] = []
    const { engine } = start(
      {
        onEvent: ({ data }) => {
          log.push(data)
          if (data === '2') engine.finish('closed')
        },
        onComment: (text) => void log.push(text),
      },
      ['id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n: end\n'],
    )
    await settle()
    expect(log).toEqual(['1', '2'])
    expect(engine.lastEventId).toBe('2')
    engine.finish('failed', new Error('late'))
    expect(engine.state).toBe('closed')
  })

  it('takes an owner that reconnects in the middle of a chunk', async () => {
    const log: string[] = []
    const { engine } = start(
      {
        onEvent: ({ data }) => {
          log.push(data)
          if (data === '1') engine.start()
        },
      },
      ['data: 1\n\ndata: never\n\n', 'data: 2\n\n'],
    )
    await vi.waitFor(() => expect(engine.state).toBe('closed'))
    expect(log).toEqual(['1', '2'])
  })

  it('says which attempt an error is about, and on which answer', async () => {
    const decide = vi.fn(() => 'failed' as const)
    const onClosed = vi.fn()
    const { engine } = start(
      {
        decide,
        onClosed,
        onEvent: () => {
          throw new HookFailure('until', new Error('owner'))
        },
      },
      ['data: 1\n\n'],
    )
    await settle()
    const error = engine.failure('hook', 'until threw', { cause: new Error('owner') })
    expect(onClosed).toHaveBeenCalledExactlyOnceWith(
      'failed',
      expect.objectContaining({
        kind: 'hook',
        status: 200,
        attempt: 1,
      }),
    )
    expect(error).toMatchObject({ attempt: 1, status: 200, message: 'until threw (http://example.com/): owner' })
    expect(decide).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ kind: 'hook' }),
      expect.objectContaining({ number: 1 }),
      0,
    )
  })
})
