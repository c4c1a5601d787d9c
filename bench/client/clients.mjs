import { eventText } from './event.mjs'

// Every client behind one door: `read(url, count, onData, pause)` resolves when `count` events have been read and
// the connection is let go. `pause` returns a promise now and then, or nothing: a loop awaits it, a callback cannot.

/** Reads with an async loop. */
async function loop(iterable, count, onData, pause) {
  let left = count
  for await (const { data } of iterable) {
    onData(data)
    const rest = pause()
    if (rest) await rest
    if (--left === 0) break
  }
}

/** Reads with a callback: `open(onMessage)` returns what closes the connection. */
function listen(open, count, onData, pause) {
  return new Promise((resolve) => {
    let left = count
    const close = open(({ data }) => {
      if (left === 0) return
      onData(data)
      void pause()
      if (--left === 0) {
        close()
        resolve()
      }
    })
  })
}

function eventSourceClient(EventSource) {
  return (url, ...rest) =>
    listen(
      (onMessage) => {
        const source = new EventSource(url)
        source.addEventListener('message', onMessage)
        return () => source.close()
      },
      ...rest,
    )
}

/** As many events as the bytes hold, without a look at them: the least that any client with an async loop takes. */
function readyMade(reader) {
  const text = eventText(0)
  const data = text.slice(text.indexOf('{'), -2)
  let owed = 0
  const take = () => {
    owed -= text.length
    return { done: false, value: { event: 'message', data, id: '' } }
  }
  const read = async () => {
    while (owed < text.length) {
      const { done, value } = await reader.read()
      if (done) return { done }
      owed += value.length
    }
    return take()
  }
  const next = () => (owed < text.length ? read() : Promise.resolve(take()))
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

export const clients = {
  'fetch, thrown away': async () => async (url, count, onData) => {
    const reader = (await fetch(url)).body.getReader()
    for (let read; !(read = await reader.read()).done;) onData(undefined, read.value)
  },
  'fetch, a loop over ready-made events':
    async () =>
    async (url, ...rest) => {
      const reader = (await fetch(url)).body.getReader()
      await loop(readyMade(reader), ...rest)
      await reader.cancel()
    },
  'eventwire connect()': async () => {
    const { connect } = await import('../../dist/client/index.js')
    return (url, ...rest) => loop(connect(url), ...rest)
  },
  'eventwire events(await fetch())': async () => {
    const { events } = await import('../../dist/streams/index.js')
    return async (url, ...rest) => loop(events(await fetch(url)), ...rest)
  },
  'eventwire EventSource': async () => {
    const { EventSource } = await import('../../dist/eventsource/index.js')
    return eventSourceClient(EventSource)
  },
  eventsource: async () => {
    const { EventSource } = await import('eventsource')
    return eventSourceClient(EventSource)
  },
  'eventsource-client': async () => {
    const { createEventSource } = await import('eventsource-client')
    return async (url, ...rest) => {
      const source = createEventSource(url)
      await loop(source, ...rest)
      source.close()
    }
  },
  '@microsoft/fetch-event-source': async () => {
    // It speaks to a page: the names it looks up there.
    const nothing = () => {}
    Object.assign(globalThis, {
      window: globalThis,
      document: { addEventListener: nothing, removeEventListener: nothing },
    })
    const { fetchEventSource } = await import('@microsoft/fetch-event-source')
    return (url, ...rest) =>
      listen(
        (onmessage) => {
          const stop = new AbortController()
          void fetchEventSource(url, { onmessage, signal: stop.signal, openWhenHidden: true })
          return () => stop.abort()
        },
        ...rest,
      )
  },
  'fetch-event-stream': async () => {
    const { stream } = await import('fetch-event-stream')
    return async (url, ...rest) => loop(await stream(url), ...rest)
  },
  'event-source-plus': async () => {
    const { EventSourcePlus } = await import('event-source-plus')
    return (url, ...rest) =>
      listen(
        (onMessage) => {
          const controller = new EventSourcePlus(url).listen({ onMessage })
          return () => controller.abort()
        },
        ...rest,
      )
  },
  'undici EventSource': async () => {
    const { EventSource } = await import('undici')
    return eventSourceClient(EventSource)
  },
}
