import { createParser, parse } from '../../src/parser/index.js'
import { EventDecoderStream, events } from '../../src/streams/index.js'
import type { ServerSentEvent } from '../../src/wire/types.js'
import { equal } from '../spec/eventsource/within.js'
import { bytesOf, type Check, type PortableFixture } from './check.js'

/** The fixtures, whole, byte by byte and cut in two, through everything that parses. */
export function corpusChecks(fixtures: PortableFixture[]): Check[] {
  return fixtures.flatMap(({ name, rule, hex, expected }) => {
    const bytes = bytesOf(hex)
    const about = (how: string, run: Check['run']): Check => ({ name: `${rule} (${name}, ${how})`, run })
    return [
      about('parser', () => {
        equal(parse(bytes), expected.events, 'whole')
        equal(trace([bytes]), expected, 'whole')
        equal(trace(Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))), expected, 'byte by byte')
        for (let cut = 1; cut < bytes.length; cut += 1 + (bytes.length >> 5)) {
          equal(trace([bytes.subarray(0, cut), bytes.subarray(cut)]), expected, `cut at ${cut}`)
        }
      }),
      about('streams', async () => {
        equal(await all(events(new Blob([bytes as never]).stream())), expected.events, 'events()')
        const headers = { 'content-type': 'text/event-stream' }
        equal(await all(events(new Response(bytes as never, { headers }))), expected.events, 'events(response)')
        const decoded = new Blob([bytes as never]).stream().pipeThrough(new EventDecoderStream())
        equal(await all(readAll(decoded)), expected.events, 'EventDecoderStream')
      }),
    ]
  })
}

function trace(chunks: Uint8Array[]): PortableFixture['expected'] {
  const seen = {
    events: [] as ServerSentEvent[],
    comments: [] as string[],
    retries: [] as number[],
    ids: [] as string[],
  }
  const parser = createParser({
    onEvent: (event) => void seen.events.push(event),
    onComment: (text) => void seen.comments.push(text),
    onRetry: (ms) => void seen.retries.push(ms),
    onId: (id) => void seen.ids.push(id),
  })
  for (const chunk of chunks) parser.feed(chunk)
  parser.end()
  return { ...seen, lastEventId: parser.lastEventId }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of source) list.push(item)
  return list
}

/** Not every host can iterate over a stream. */
async function* readAll<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader()
  for (let read; !(read = await reader.read()).done;) yield read.value
}
