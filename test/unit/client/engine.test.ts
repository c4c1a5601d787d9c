import { describe, expect, it, vi } from 'vitest'
import { createEngine } from '../../../src/client/engine.js'
import type { Engine, EngineHost, EngineOptions } from '../../../src/client/engine-types.js'

const options: EngineOptions = {
  lastEventId: '',
  backoff: { min: 0, max: 0, factor: 1, jitter: 0, attempts: Infinity, stableAfter: 0 },
  retryHint: false,
  openTimeout: 0,
  idleTimeout: 0,
  keepAlive: true,
  pause: [],
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function start(host: Partial<EngineHost>, chunks: string[]): { engine: Engine; log: string[] } {
  const log: string[] = []
  const encoder = new TextEncoder()
  const engine = createEngine(options, {
    request: () => ['http://example.com/', {}],
    fetch: async () =>
      new Response(
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
        ),
      ),
    check: () => undefined,
    decide: () => 'end',
    onEvent: ({ data }) => log.push(data),
    onChunk: () => log.push('chunk'),
    onState: (state) => log.push(state),
    onClosed: (reason) => log.push(`closed: ${reason}`),
    hungry: () => true,
    ...host,
  })
  return { engine, log }
}

describe('the engine', () => {
  it('pushes to a host that is always hungry', async () => {
    const { log } = start({}, ['data: 1\n\nda', 'ta: 2\n\n'])
    expect(log).toEqual([])
    await vi.waitFor(() => expect(log.at(-1)).toBe('closed: end'))
    expect(log).toEqual(['connecting', 'open', 'read', '1', 'chunk', 'read', '2', 'chunk', 'closed', 'closed: end'])
  })

  it('reads on when a host that was full pulls', async () => {
    let room = 1
    const { engine, log } = start({ hungry: () => room-- > 0 }, ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'])
    await settle()
    expect(log.filter((entry) => entry === 'read')).toHaveLength(1)
    room = 1
    engine.pull()
    engine.pull()
    await settle()
    expect(log.filter((entry) => entry === 'read')).toHaveLength(2)
    engine.finish('closed')
    room = 1
    engine.pull()
    await settle()
    expect(log.filter((entry) => entry === 'read')).toHaveLength(2)
  })

  it('tells nothing of the rest of a chunk once its host has let go', async () => {
    const log: string[] = []
    const { engine } = start(
      {
        onEvent: ({ data }) => {
          log.push(data)
          if (data === '2') engine.finish('closed')
        },
        onComment: (text) => log.push(text),
      },
      ['id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n: end\n'],
    )
    await settle()
    expect(log).toEqual(['1', '2'])
    expect(engine.lastEventId).toBe('2')
    engine.finish('failed', new Error('late'))
    expect(engine.state).toBe('closed')
  })

  it('takes a host that reconnects in the middle of a chunk', async () => {
    const log: string[] = []
    const { engine } = start(
      {
        onEvent: ({ data }) => {
          log.push(data)
          if (data === '1') engine.reconnect()
        },
      },
      ['data: 1\n\ndata: never\n\n', 'data: 2\n\n'],
    )
    await vi.waitFor(() => expect(engine.state).toBe('closed'))
    expect(log).toEqual(['1', '2'])
  })

  it('says which attempt an error is about, and on which answer', async () => {
    const decide = vi.fn(() => 'fail' as const)
    const onClosed = vi.fn()
    const { engine } = start(
      {
        decide,
        onClosed,
        onEvent: () => {
          throw new Error('host')
        },
      },
      ['data: 1\n\n'],
    )
    await settle()
    const error = engine.failure('hook', 'A function of the options threw', new Error('host'))
    expect(onClosed).toHaveBeenCalledExactlyOnceWith('failed', expect.objectContaining({ ...error }))
    expect(error).toMatchObject({ attempt: 1, status: 200, message: 'A function of the options threw: host' })
    expect(decide).toHaveBeenCalledExactlyOnceWith(expect.any(Error), expect.objectContaining({ number: 1 }))
  })
})
