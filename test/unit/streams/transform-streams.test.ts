import { describe, expect, it } from 'vitest'
import { EncodeError } from '../../../src/errors/encode-error.js'
import { LimitError } from '../../../src/errors/limit-error.js'
import { EventDecoderStream } from '../../../src/streams/event-decoder-stream.js'
import { EventEncoderStream } from '../../../src/streams/event-encoder-stream.js'
import type { EventMessage, ServerSentEvent } from '../../../src/wire/types.js'

async function collect<T>(stream: ReadableStream<T>): Promise<T[]> {
  const all: T[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return all
    all.push(value)
  }
}

function streamOf<T>(...items: T[]): ReadableStream<T> {
  return new ReadableStream({
    start(controller) {
      for (const item of items) controller.enqueue(item)
      controller.close()
    },
  })
}

describe('EventDecoderStream', () => {
  it('turns bytes or text into events', async () => {
    const wanted: ServerSentEvent[] = [{ event: 'message', data: '€', id: '1' }]
    const bytes = new TextEncoder().encode('id: 1\ndata: €\n\ndata: unfinished')
    const cut = bytes.indexOf(0xe2) + 1
    expect(
      await collect(streamOf(bytes.subarray(0, cut), bytes.subarray(cut)).pipeThrough(new EventDecoderStream())),
    ).toEqual(wanted)
    expect(await collect(streamOf('id: 1\ndata', ': €\n\n').pipeThrough(new EventDecoderStream()))).toEqual(wanted)
  })

  it('delivers the events in front of one that is too large', async () => {
    const source = streamOf('data: a\n\ndata: too large\n\n', 'data: b\n\n')
    const reader = source.pipeThrough(new EventDecoderStream({ maxEventSize: 4 })).getReader()
    expect((await reader.read()).value?.data).toBe('a')
    await expect(reader.read()).rejects.toBeInstanceOf(LimitError)
  })

  it('takes no chunk before its events are asked for', async () => {
    let pulls = 0
    const source = new ReadableStream<string>(
      { pull: (controller) => controller.enqueue(`data: ${pulls++}\n\n`) },
      { highWaterMark: 0 },
    )
    const reader = source.pipeThrough(new EventDecoderStream()).getReader()
    await reader.read()
    await reader.read()
    expect(pulls).toBeLessThanOrEqual(4)
    await reader.cancel()
  })
})

describe('EventEncoderStream', () => {
  it('gives a Response its body', async () => {
    const messages: EventMessage[] = [{ comment: 'hi' }, { id: 1, event: 'tick', data: 'a\nb' }]
    const body = streamOf(...messages).pipeThrough(new EventEncoderStream())
    expect(await new Response(body).text()).toBe(': hi\nevent: tick\ndata: a\ndata: b\nid: 1\n\n')
  })

  it('is undone by EventDecoderStream', async () => {
    const sent: ServerSentEvent[] = [
      { event: 'message', data: 'a\n\n b', id: '1' },
      { event: 'x', data: '', id: '2' },
    ]
    const received = streamOf<EventMessage>(...sent)
      .pipeThrough(new EventEncoderStream())
      .pipeThrough(new EventDecoderStream())
    expect(await collect(received)).toEqual(sent)
  })

  it('errors for a message that cannot be encoded', async () => {
    const body = streamOf<EventMessage>({ data: 'a', id: 'a\nb' }).pipeThrough(new EventEncoderStream())
    await expect(new Response(body).text()).rejects.toBeInstanceOf(EncodeError)
  })
})

describe('an error of EventDecoderStream', () => {
  it('comes after the events before it, also while the source idles', async () => {
    const source = new ReadableStream<string>({
      start: (controller) => controller.enqueue('data: a\n\ndata: b\n\ndata: too large\n\n'),
    })
    const reader = source.pipeThrough(new EventDecoderStream({ maxEventSize: 4 })).getReader()
    expect((await reader.read()).value?.data).toBe('a')
    expect((await reader.read()).value?.data).toBe('b')
    await expect(reader.read()).rejects.toBeInstanceOf(LimitError)
  })
})

describe('an error, the end and an abort of EventDecoderStream come after the events of the chunk', () => {
  const text = 'data: 1\n\n: note\n\ndata: 2\n\ndata: 3\n\n'
  const read = async (stream: ReadableStream<{ data: string }>): Promise<unknown[]> => {
    const seen: unknown[] = []
    try {
      for await (const { data } of stream) seen.push(data)
    } catch (error) {
      seen.push((error as { code?: string }).code)
    }
    return seen
  }
  const of = (chunk: string): ReadableStream<string> => new ReadableStream({ start: (sender) => sender.enqueue(chunk) })

  it('an event that is too large', async () => {
    const stream = of(`${text}data: ${'x'.repeat(99)}`).pipeThrough(new EventDecoderStream({ maxEventSize: 50 }))
    expect(await read(stream)).toEqual(['1', '2', '3', 'ERR_EVENT_TOO_LARGE'])
  })

  it('the last event', async () => {
    const until = ({ data }: { data: string }): boolean => data === '2'
    expect(await read(of(text).pipeThrough(new EventDecoderStream({ until })))).toEqual(['1', '2'])
  })

  it('a comment, in its place', async () => {
    const log: unknown[] = []
    const stream = of(text).pipeThrough(new EventDecoderStream({ onComment: (told) => log.push(told) }))
    for await (const { data } of stream) if (log.push(data) === 4) break
    expect(log).toEqual(['1', ' note', '2', '3'])
  })

  it('an abort: nothing is delivered after it', async () => {
    const controller = new AbortController()
    const reader = of(text)
      .pipeThrough(new EventDecoderStream({ signal: controller.signal }))
      .getReader()
    await reader.read()
    controller.abort(new Error('enough'))
    await expect(reader.read()).rejects.toThrow('enough')
  })
})
