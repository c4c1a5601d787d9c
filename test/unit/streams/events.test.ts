import { describe, expect, it } from 'vitest'
import { ConnectError } from '../../../src/errors/connect-error.js'
import { LimitError } from '../../../src/errors/limit-error.js'
import { events } from '../../../src/streams/events.js'
import type { ServerSentEvent } from '../../../src/wire/types.js'

const utf8 = new TextEncoder()
const TYPE = { 'content-type': 'text/event-stream' }

async function dataOf(iterable: AsyncIterable<ServerSentEvent>): Promise<string[]> {
  const seen: string[] = []
  for await (const event of iterable) seen.push(event.data)
  return seen
}

/** A stream that counts pulls and notes how it was cancelled. */
function watchedStream(chunks: string[], { endless = false } = {}) {
  const log = { pulls: 0, cancelled: undefined as unknown[] | undefined }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[log.pulls++]
        if (chunk !== undefined) controller.enqueue(utf8.encode(chunk))
        else if (!endless) controller.close()
      },
      cancel(...reason) {
        log.cancelled = reason
      },
    },
    { highWaterMark: 0 },
  )
  return { log, stream }
}

describe('events()', () => {
  it('reads a response, a stream of bytes, a stream of text and async iterables of either', async () => {
    const text = 'data: a\n\ndata: ü\n\n'
    const bytes = utf8.encode(text)
    async function* pieces(): AsyncGenerator<string | Uint8Array> {
      yield bytes.subarray(0, 15)
      yield bytes.subarray(15)
    }
    async function* characters(): AsyncGenerator<string> {
      yield* text
    }
    const textStream = new ReadableStream<string>({
      start(controller) {
        controller.enqueue(text)
        controller.close()
      },
    })
    for (const source of [
      new Response(text, { headers: TYPE }),
      new Blob([text]).stream(),
      textStream,
      pieces(),
      characters(),
    ]) {
      expect(await dataOf(events(source))).toEqual(['a', 'ü'])
    }
  })

  it('pulls no further than the loop asks', async () => {
    const { log, stream } = watchedStream(['data: 1\n\ndata: 2\n\n', 'data: 3\n\n', 'data: 4\n\n'])
    const iterator = events(stream)
    expect(log.pulls).toBe(0)
    await iterator.next()
    await iterator.next()
    expect(log.pulls).toBe(1)
    await iterator.next()
    expect(log.pulls).toBe(2)
    await iterator.return()
  })

  it('cancels the source on break and delivers nothing after', async () => {
    const { log, stream } = watchedStream(['data: 1\n\ndata: 2\n\n'], { endless: true })
    const iterator = events(stream)
    for await (const event of iterator) {
      expect(event.data).toBe('1')
      break
    }
    expect(log.cancelled).toEqual([undefined])
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(stream.locked).toBe(false)
  })

  it('calls return() of an async iterable on break', async () => {
    let returned = false
    async function* source(): AsyncGenerator<string> {
      try {
        yield 'data: 1\n\n'
        yield 'data: 2\n\n'
      } finally {
        returned = true
      }
    }
    for await (const _ of events(source())) break
    expect(returned).toBe(true)
  })

  it('is async disposable', async () => {
    const { log, stream } = watchedStream(['data: 1\n\n'], { endless: true })
    const iterator = events(stream)
    await iterator[Symbol.asyncDispose]()
    expect(log.cancelled).toBeDefined()
  })

  it('answers several pending next() calls in order, and all of them at the end', async () => {
    const iterator = events(watchedStream(['data: 1\n\n', 'data: 2\n\n']).stream)
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
    expect(results.map(({ value, done }) => (done ? 'done' : value.data))).toEqual(['1', '2', 'done', 'done'])
  })

  it('answers pending next() calls on return()', async () => {
    const iterator = events(watchedStream([], { endless: true }).stream)
    const pending = [iterator.next(), iterator.next()]
    await iterator.return()
    expect((await Promise.all(pending)).map(({ done }) => done)).toEqual([true, true])
  })

  it('throws the reason of a signal that aborts while it waits, and cancels the source with it', async () => {
    const { log, stream } = watchedStream(['data: 1\n\n'], { endless: true })
    const abort = new AbortController()
    const reason = new Error('enough')
    const iterator = events(stream, { signal: abort.signal })
    await iterator.next()
    const pending = iterator.next()
    abort.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(log.cancelled).toEqual([reason])
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('throws the reason of a signal that was aborted before, without a read', async () => {
    const { log, stream } = watchedStream(['data: 1\n\n'])
    const reason = new Error('too late')
    await expect(events(stream, { signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason)
    expect(log).toEqual({ pulls: 0, cancelled: [reason] })
  })

  it('leaves no listener on the signal once the stream has ended', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
    await dataOf(events(watchedStream(['data: 1\n\n']).stream, { signal }))
    expect(listeners).toBe(0)
  })

  it('delivers what came before an error of the source, then throws it', async () => {
    const broken = new Error('cut')
    async function* source(): AsyncGenerator<string> {
      yield 'data: 1\n\ndata: 2\n\ndata: 3'
      throw broken
    }
    const iterator = events(source())
    expect((await iterator.next()).value?.data).toBe('1')
    expect((await iterator.next()).value?.data).toBe('2')
    await expect(iterator.next()).rejects.toBe(broken)
    expect((await iterator.next()).done).toBe(true)
  })

  it('delivers what came before an event that is too large, then throws and cancels', async () => {
    const { log, stream } = watchedStream(['data: 1\n\ndata: much too large\n\n'], { endless: true })
    const iterator = events(stream, { maxEventSize: 4 })
    expect((await iterator.next()).value?.data).toBe('1')
    const error = await iterator.next().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(LimitError)
    expect(log.cancelled).toEqual([error])
  })

  it('refuses a response that is no event stream with a ConnectError, its body cancelled', async () => {
    const refused = async (init: ResponseInit) => {
      const { log, stream } = watchedStream(['data: 1\n\n'], { endless: true })
      const error = await events(new Response(stream, init))
        .next()
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ConnectError)
      expect(log.cancelled).toBeDefined()
      return error as ConnectError
    }
    expect(await refused({ status: 500, headers: TYPE })).toMatchObject({
      kind: 'http',
      code: 'ERR_CONNECT_HTTP',
      status: 500,
    })
    expect(await refused({ headers: { 'content-type': 'text/html' } })).toMatchObject({
      kind: 'content-type',
      status: 200,
    })
    expect(await refused({})).toMatchObject({ kind: 'content-type' })
  })

  it('says so where the host gives no body to stream', async () => {
    const response = { ok: true, status: 200, headers: new Headers(TYPE) } as Response
    await expect(events(response).next()).rejects.toMatchObject({ code: 'ERR_CONNECT_NO_BODY' })
  })

  it('takes an empty response as a stream without events', async () => {
    expect(await dataOf(events(new Response(null, { headers: TYPE })))).toEqual([])
  })

  it('refuses what cannot be read, at once', () => {
    for (const source of [undefined, null, 'data: 1\n\n', 5]) {
      expect(() => events(source as never)).toThrow(TypeError)
    }
    expect(() => events({} as never)).toThrow(TypeError)
  })

  it('starts from lastEventId and reports comments, ids and retry', async () => {
    const log: unknown[] = []
    const iterator = events(new Blob([': hi\nretry: 5\ndata: a\n\nid: 2\n\n']).stream(), {
      lastEventId: '1',
      onComment: (text) => log.push(text),
      onRetry: (ms) => log.push(ms),
      onId: (id) => log.push(id),
    })
    expect((await iterator.next()).value?.id).toBe('1')
    expect((await iterator.next()).done).toBe(true)
    expect(log).toEqual([' hi', 5, '2'])
  })
})
