import { createParser as createPeerParser } from 'eventsource-parser'
import { events as readEvents } from 'fetch-event-stream'
import { parseServerSentEvents } from 'parse-sse'
import { createParser } from '../../dist/parser/index.js'
import { versionOf } from './versions.mjs'

/** What reads a `Response`, as a parser: chunks go into its body, events come out of the loop. */
function overResponse(read, toEvent) {
  return ({ onEvent }) => {
    const body = new TransformStream()
    const writer = body.writable.getWriter()
    const response = new Response(body.readable, { headers: { 'content-type': 'text/event-stream' } })
    const done = (async () => {
      for await (const event of read(response)) onEvent(toEvent(event))
    })()
    done.catch(() => {})
    return {
      feed: (chunk) => writer.write(chunk),
      end: async () => {
        await writer.close()
        await done
      },
    }
  }
}

export const parsers = [
  { name: 'eventwire', version: versionOf('eventwire'), adapter: createParser },
  {
    name: 'eventsource-parser',
    version: versionOf('eventsource-parser'),
    note: 'takes text: a `TextDecoder` stands before it. It reports the `id` field of each event instead of the last event ID.',
    adapter: ({ onEvent, onRetry }) => {
      const decoder = new TextDecoder()
      const parser = createPeerParser({
        onEvent: ({ event = 'message', data, id = '' }) => onEvent({ event, data, id }),
        onRetry,
      })
      return { feed: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })), end: () => parser.reset() }
    },
  },
  {
    name: 'parse-sse',
    version: versionOf('parse-sse'),
    note: 'reads a `Response`. It reports reconnection times with events alone.',
    without: ['retry'],
    adapter: overResponse(parseServerSentEvents, ({ type, data, lastEventId }) => ({
      event: type,
      data,
      id: lastEventId,
    })),
  },
  {
    name: 'fetch-event-stream',
    version: versionOf('fetch-event-stream'),
    note: 'reads a `Response`. It reports the fields of each event as they stand, so the `id` of the event instead of the last event ID, and reconnection times with events alone.',
    without: ['retry'],
    adapter: overResponse(readEvents, ({ event = 'message', data = '', id = '' }) => ({ event, data, id: String(id) })),
  },
]
