import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventStream } from '../../../src/server/event-stream.js'
import type { Session, Source } from '../../../src/server/session.js'
import type { StreamMessage } from '../../../src/server/stream-message.js'

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Streams `source` to a reader in the same process; `session` is there where the source is a function. */
function stream(source: Source) {
  const errors: unknown[] = []
  let session: Session | undefined
  const own: Source =
    typeof source === 'function'
      ? (given) => {
          session = given
          return source(given)
        }
      : source
  const response = eventStream(new Request('http://localhost/'), own, { onError: (error) => errors.push(error) })
  return { response, errors, body: response.body!, session: session! }
}

/** An iterator under control, with a record of the calls. */
function iterable(calls: string[], next: () => Promise<IteratorResult<StreamMessage>>): AsyncIterable<StreamMessage> {
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        calls.push('next')
        return next()
      },
      async return() {
        calls.push('return')
        return { done: true, value: undefined }
      },
    }),
  }
}

describe('an async iterable', () => {
  it('ends the stream when it ends, and is not told to return', async () => {
    const calls: string[] = []
    const results: IteratorResult<StreamMessage>[] = [
      { done: false, value: { data: '1' } },
      { done: true, value: undefined },
    ]
    const { response } = stream(iterable(calls, async () => results.shift()!))
    expect(await response.text()).toBe(':\ndata: 1\n\n')
    expect(calls).toEqual(['next', 'next'])
  })

  it('is told once to return when the reader leaves, also while its next is pending', async () => {
    const calls: string[] = []
    const { body } = stream(iterable(calls, () => new Promise(() => {})))
    await body.cancel()
    expect(calls).toEqual(['next', 'return'])
  })

  it('is told to return where the session ended before it was there', async () => {
    const calls: string[] = []
    const source = iterable(calls, async () => ({ done: true, value: undefined }))
    const { response } = stream((session) => {
      session.close()
      return source
    })
    expect(await response.text()).toBe(':\n')
    expect(calls).toEqual(['return'])
  })

  it.each(['HEAD', 'gone', '406'])('is told to return where there is no stream (%s)', async (why) => {
    const calls: string[] = []
    const source = iterable(calls, async () => ({ done: true, value: undefined }))
    const request = new Request('http://localhost/', {
      method: why === 'HEAD' ? 'HEAD' : 'GET',
      signal: why === 'gone' ? AbortSignal.abort() : null,
      headers: { accept: 'text/html' },
    })
    const response = eventStream(request, source, { accept: why === '406' ? 'require' : 'ignore' })
    expect(await response.text()).toBe(why === '406' ? 'Send "Accept: text/event-stream".\n' : '')
    expect(calls).toEqual(['return'])
  })

  it('that throws ends the stream and is reported once', async () => {
    const error = new Error('broken')
    const { response, errors, session } = stream(async function* () {
      yield { data: '1' }
      throw error
    })
    expect(await response.text()).toBe(':\ndata: 1\n\n')
    expect(errors).toEqual([error])
    expect(await session.closed).toBe('failed')
  })

  it('whose next throws, not rejects, ends the stream', async () => {
    const { response, errors } = stream({
      [Symbol.asyncIterator]: () => ({
        next() {
          throw new Error('sync')
        },
      }),
    })
    expect(await response.text()).toBe(':\n')
    expect(errors).toEqual([new Error('sync')])
  })

  it('gets a message that cannot be encoded thrown into it, and may go on', async () => {
    const { response, errors } = stream(async function* () {
      try {
        yield { data: 1n }
      } catch (error) {
        yield { event: 'refused', data: (error as Error).name }
      }
      yield { data: 'next' }
    })
    expect(await response.text()).toBe(':\nevent: refused\ndata: EncodeError\n\ndata: next\n\n')
    expect(errors).toEqual([])
  })

  it('that does not catch it has failed', async () => {
    const cleanUp = vi.fn()
    const { response, errors } = stream(async function* () {
      try {
        yield { data: 1n }
        yield { data: 'never' }
      } finally {
        cleanUp()
      }
    })
    expect(await response.text()).toBe(':\n')
    expect(errors).toEqual([expect.objectContaining({ name: 'EncodeError' })])
    expect(cleanUp).toHaveBeenCalledOnce()
  })

  it('that cannot catch it is told to return', async () => {
    const calls: string[] = []
    const { response, errors } = stream(iterable(calls, async () => ({ done: false, value: { data: undefined } })))
    expect(await response.text()).toBe(':\n')
    expect(errors).toEqual([expect.objectContaining({ name: 'EncodeError' })])
    expect(calls).toEqual(['next', 'return'])
  })

  it('is pulled only as the reader reads', async () => {
    let made = 0
    const { body } = stream(async function* () {
      for (;;) {
        made++
        yield { data: 'x'.repeat(10_000) }
      }
    })
    await tick()
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThan(10)
    const before = made
    await tick()
    expect(made).toBe(before)
    const reader = body.getReader()
    // The first bytes, and an event at a time.
    for (let reads = 0; reads <= before; reads++) await reader.read()
    await tick()
    expect(made).toBeGreaterThan(before)
    await reader.cancel()
    const after = made
    await tick()
    expect(made).toBe(after)
  })

  it('may be a ReadableStream, which is cancelled when the reader leaves', async () => {
    const cancel = vi.fn()
    const { body } = stream(new ReadableStream<StreamMessage>({ cancel }))
    await body.cancel()
    await tick()
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('that ends because of the session’s signal has not failed', async () => {
    const { body, errors } = stream(async function* (session) {
      await new Promise((_, reject) => session.signal.addEventListener('abort', () => reject(session.signal.reason)))
      yield { data: 'never' }
    })
    await body.cancel()
    await tick()
    expect(errors).toEqual([])
  })

  it('that throws something else after the end is reported', async () => {
    const { body, errors } = stream(async function* (session) {
      await new Promise((resolve) => session.signal.addEventListener('abort', resolve))
      yield await Promise.reject(new Error('late'))
    })
    await body.cancel()
    await tick()
    expect(errors).toEqual([new Error('late')])
  })
})

describe('a function', () => {
  it('may clean up, once, when the reader leaves', async () => {
    const cleanUp = vi.fn()
    const { body, session } = stream(() => cleanUp)
    expect(cleanUp).not.toHaveBeenCalled()
    await body.cancel()
    session.close()
    await session.closed
    expect(cleanUp).toHaveBeenCalledOnce()
  })

  it('may clean up, once, when it closes the session itself', async () => {
    const cleanUp = vi.fn()
    const { response, session } = stream(() => cleanUp)
    session.send({ data: '1' })
    session.close()
    expect(cleanUp).toHaveBeenCalledOnce()
    expect(await response.text()).toBe(':\ndata: 1\n\n')
    expect(cleanUp).toHaveBeenCalledOnce()
  })

  it('may give its clean-up later, also when the reader has left by then', async () => {
    const cleanUp = vi.fn()
    const { promise, resolve } = withResolvers<() => void>()
    const { body } = stream(() => promise)
    await body.cancel()
    expect(cleanUp).not.toHaveBeenCalled()
    resolve(cleanUp)
    await tick()
    expect(cleanUp).toHaveBeenCalledOnce()
  })

  it('may give an iterable later', async () => {
    const messages = [{ data: '1' }, { data: '2' }]
    const sources: Source[] = [
      async () =>
        (async function* () {
          yield* messages
        })(),
      async () => ({ [Symbol.asyncIterator]: () => messages.values() as unknown as AsyncIterator<StreamMessage> }),
      async () =>
        new ReadableStream({
          start(controller) {
            for (const message of messages) controller.enqueue(message)
            controller.close()
          },
        }),
    ]
    for (const source of sources) {
      const { response, errors } = stream(source)
      expect(await response.text()).toBe(':\ndata: 1\n\ndata: 2\n\n')
      expect(errors).toEqual([])
    }
  })

  it.each([null, true, 5, 'text', {}])('that gives %j fails the stream, also as a promise', async (value) => {
    for (const source of [() => value, async () => value]) {
      const { response, session, errors } = stream(source as unknown as Source)
      expect(await session.closed).toBe('failed')
      expect(errors).toEqual([expect.any(TypeError)])
      await response.text()
    }
  })

  it('may give nothing', async () => {
    const { response, session, errors } = stream(() => {})
    session.send({ data: '1' })
    session.close()
    expect(await response.text()).toBe(':\ndata: 1\n\n')
    expect(errors).toEqual([])
  })

  it('that rejects ends the stream and is reported', async () => {
    const { response, errors, session } = stream(async (s) => {
      s.send({ data: '1' })
      await tick()
      throw new Error('broken')
    })
    expect(await response.text()).toBe(':\ndata: 1\n\n')
    expect(errors).toEqual([new Error('broken')])
    expect(await session.closed).toBe('failed')
  })

  it('may be called by a reader that leaves meanwhile', async () => {
    const controller = new AbortController()
    const cleanUp = vi.fn()
    const request = new Request('http://localhost/', { signal: controller.signal })
    const response = eventStream(request, () => {
      controller.abort()
      return cleanUp
    })
    expect(response.status).toBe(200)
    // Quietly: an error would only be logged by the host.
    expect(await response.text()).toBe('')
    expect(cleanUp).toHaveBeenCalledOnce()
  })

  it('that throws before it sent makes it a 500', async () => {
    const { response, errors } = stream(() => {
      throw new Error('secret')
    })
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe('Internal Server Error\n')
    expect(errors).toEqual([new Error('secret')])
  })

  it('whose clean-up throws or rejects is reported', async () => {
    for (const cleanUp of [
      () => Promise.reject(new Error('clean')),
      () => {
        throw new Error('clean')
      },
    ]) {
      const { body, errors } = stream(() => cleanUp as () => void)
      await body.cancel()
      await tick()
      expect(errors).toEqual([new Error('clean')])
    }
  })
})

describe('onError', () => {
  it('is called as a method of the options', async () => {
    const calls: unknown[] = []
    const options = {
      onError(this: unknown, error: unknown) {
        calls.push([this, error])
      },
    }
    const source = (): void => {
      throw 'broken'
    }
    eventStream(new Request('http://localhost/'), source, options)
    expect(calls).toEqual([[options, 'broken']])
  })

  const spy = vi.spyOn(console, 'error')
  beforeEach(() => {
    spy.mockReset()
  })
  afterEach(() => {
    spy.mockReset()
  })

  const failing: Source = async function* () {
    yield { data: '1' }
    throw new Error('broken')
  }

  it('is the console where there is none', async () => {
    await eventStream(new Request('http://localhost/'), failing).text()
    expect(spy.mock.calls).toEqual([['The source of an event stream failed:', new Error('broken')]])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('worse')
      },
    ],
    ['rejects', () => Promise.reject(new Error('worse'))],
  ])('that %s does no harm', async (_, onError) => {
    await eventStream(new Request('http://localhost/'), failing, { onError }).text()
    await tick()
    expect(spy.mock.calls).toEqual([[new Error('worse')]])
  })
})

function withResolvers<T>() {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}
