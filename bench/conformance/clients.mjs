import { EventSource as PeerEventSource } from 'eventsource'
import { createEventSource } from 'eventsource-client'
import { stream } from 'fetch-event-stream'
import { EventSource as UndiciEventSource } from 'undici'
import { connect } from '../../dist/client/index.js'
import { EventSource } from '../../dist/eventsource/index.js'
import { versionOf } from './versions.mjs'

/** Anything with the interface of the standard. */
const eventSource =
  (Class) =>
  (url, { types, onEvent, onClose }) => {
    const source = new Class(url)
    for (const type of types) {
      source.addEventListener(type, ({ data, lastEventId }) => onEvent({ event: type, data, id: lastEventId }))
    }
    source.addEventListener('error', () => {
      if (source.readyState === 2) onClose()
    })
    return source
  }

/** One that was written for pages: it asks for `window` and `document`, which only it gets to see. */
const fetchEventSource = {
  async begin() {
    const { fetchEventSource: start } = await import('@microsoft/fetch-event-source')
    globalThis.window = globalThis
    globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} }
    return (url, { onEvent, onClose }) => {
      const abort = new AbortController()
      start(url, {
        signal: abort.signal,
        onmessage: ({ event, data, id }) => onEvent({ event: event || 'message', data, id }),
      }).then(onClose, onClose)
      return { close: () => abort.abort() }
    }
  },
  end() {
    delete globalThis.window
    delete globalThis.document
  },
}

export const clients = [
  { name: 'eventwire EventSource', version: versionOf('eventwire'), adapter: eventSource(EventSource) },
  {
    name: 'eventwire connect()',
    version: versionOf('eventwire'),
    note: 'retries 429, 500 and 503, and takes any 2xx with the right type, on purpose.',
    without: ['temporary-errors', 'other-success'],
    adapter: (url, { onEvent, onClose }) => {
      const connection = connect(url)
      connection.closed.then(onClose)
      ;(async () => {
        for await (const { event, data, id } of connection) onEvent({ event, data, id })
      })().catch(() => {})
      return connection
    },
  },
  { name: 'eventsource', version: versionOf('eventsource'), adapter: eventSource(PeerEventSource) },
  {
    name: 'eventsource-client',
    version: versionOf('eventsource-client'),
    note: 'reports the `id` field of each event instead of the last event ID.',
    adapter: (url, { onEvent, onClose }) => {
      const client = createEventSource({
        url,
        onMessage: ({ event = 'message', data, id = '' }) => onEvent({ event, data, id }),
        // It tells of every disconnect, and stands at "closed" where it was the last.
        onDisconnect: () => setTimeout(() => client.readyState === 'closed' && onClose(), 0),
      })
      return client
    },
  },
  {
    name: '@microsoft/fetch-event-source',
    version: versionOf('@microsoft/fetch-event-source'),
    note: 'with its defaults, and stand-ins for `window` and `document`. It reports the `id` field of each event instead of the last event ID.',
    ...fetchEventSource,
  },
  {
    name: 'undici EventSource',
    version: versionOf('undici'),
    adapter: eventSource(UndiciEventSource),
  },
  {
    name: 'fetch-event-stream',
    version: versionOf('fetch-event-stream'),
    note: 'reads one answer, as it is meant to. It reports the fields of each event as they stand.',
    without: ['reconnect'],
    adapter: (url, { onEvent, onClose }) => {
      const abort = new AbortController()
      ;(async () => {
        for await (const { event = 'message', data = '', id = '' } of await stream(url, { signal: abort.signal })) {
          onEvent({ event, data, id: String(id) })
        }
      })().then(onClose, onClose)
      return { close: () => abort.abort() }
    },
  },
]
