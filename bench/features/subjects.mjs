// What each library offers, behind one face for each kind of thing, so that the same trial can be made of all.
import * as betterSse from 'better-sse'
import * as eventsource from 'eventsource'
import * as eventsourceParser from 'eventsource-parser'
import * as client from '../../dist/client/index.js'
import * as encoder from '../../dist/encoder/index.js'
import * as parser from '../../dist/parser/index.js'
import * as redis from '../../dist/redis/index.js'
import * as server from '../../dist/server/index.js'
import * as testing from '../../dist/testing/index.js'

const OWN_OPTION = 'yes'
const BY_FETCH = 'through `fetch`'

/** One that was written for pages: it asks for `window` and `document`. */
globalThis.window = globalThis
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} }
const fetchEventSource = await import('@microsoft/fetch-event-source')

/** A `fetch` that adds what the library has no option for. */
const fetchWith = (ask, fixed) => async (url, init) =>
  fetch(url, { ...init, ...fixed, headers: { ...init.headers, ...(await ask?.()) } })

/** `how` says by which way a library takes what is not in its own options. */
export const subjects = [
  {
    name: 'eventwire',
    exports: { ...client, ...encoder, ...parser, ...redis, ...server, ...testing },
    parse: (chunks) => {
      const events = []
      const made = parser.createParser({ onEvent: ({ event, data }) => events.push([event, data]) })
      for (const chunk of chunks) made.feed(chunk)
      return events
    },
    encode: (event, data) => encoder.encode({ event, data: JSON.stringify(data) }),
    client: {
      how: { request: OWN_OPTION, headers: OWN_OPTION },
      open(url, { onEvent, headers, until, ...request }) {
        const backoff = { min: 20, jitter: 0 }
        const connection = client.connect(url, { ...request, headers, until, backoff, resume: 'header' })
        const over = (async () => {
          for await (const event of connection) await onEvent(event)
        })()
        return { over, close: () => connection.close() }
      },
    },
    server: {
      create() {
        const channel = server.createChannel()
        return {
          handle: channel.node,
          publish: (data) => channel.publish('tick', data),
          connections: () => channel.connections,
          close: () => channel.close(),
        }
      },
    },
  },
  {
    name: 'eventsource-parser',
    exports: eventsourceParser,
    parse: (chunks) => {
      const events = []
      const made = eventsourceParser.createParser({
        onEvent: ({ event = 'message', data }) => events.push([event, data]),
      })
      const decoder = new TextDecoder()
      for (const chunk of chunks) made.feed(decoder.decode(chunk, { stream: true }))
      return events
    },
  },
  {
    name: 'eventsource',
    exports: eventsource,
    client: {
      how: { request: BY_FETCH, headers: BY_FETCH },
      open(url, { onEvent, headers, method, body }) {
        const source = new eventsource.EventSource(url, { fetch: fetchWith(headers, { method, body }) })
        source.addEventListener('message', onEvent)
        return { over: new Promise(() => {}), close: () => source.close() }
      },
    },
  },
  {
    name: 'fetch-event-source',
    exports: fetchEventSource,
    client: {
      how: { request: OWN_OPTION, headers: BY_FETCH },
      open(url, { onEvent, headers, until: _until, ...request }) {
        const abort = new AbortController()
        const over = fetchEventSource.fetchEventSource(url, {
          ...request,
          signal: abort.signal,
          fetch: fetchWith(headers),
          onmessage: onEvent,
          onerror: () => 20,
        })
        return { over, close: () => abort.abort() }
      },
    },
  },
  {
    name: 'better-sse',
    exports: betterSse,
    encode: (event, data) => {
      const buffer = betterSse.createEventBuffer()
      buffer.event(event).data(data).dispatch()
      return buffer.read()
    },
    server: {
      create() {
        const channel = betterSse.createChannel()
        let id = 0
        return {
          async handle(request, response) {
            channel.register(await betterSse.createSession(request, response))
          },
          publish: (data) => channel.broadcast(data, 'tick', { eventId: String(++id) }),
          connections: () => channel.sessionCount,
          close() {},
        }
      },
    },
  },
]
