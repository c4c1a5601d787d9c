import { createParser } from '../../../dist/parser/index.js'
import { start } from './program.mjs'

// How readers of each kind are driven. A reader is a function of where to read and of what to call: `onEvent({ event, data, id })`
// with what the peer tells of each event, and `onEnd(why)` when it gave up or was told that the stream is over. It gives an
// object with `close()`.

/** Anything with the interface of the standard. */
export const eventSource =
  (load) =>
  async (url, { types, onEvent, onEnd }) => {
    const Class = await load()
    const source = new Class(url)
    for (const type of types) {
      source.addEventListener(type, ({ data, lastEventId }) => onEvent({ event: type, data, id: lastEventId }))
    }
    source.addEventListener('error', (event) => {
      if (source.readyState === 2) onEnd(event.code ?? event.status ?? event.message ?? 'closed')
    })
    return source
  }

/** A loop over what a library gives for a request. `read` gives its events one by one. */
export const loop =
  (read) =>
  async (url, { onEvent, onEnd, lastEventId }) => {
    const abort = new AbortController()
    const reading = (async () => {
      for await (const event of read(url, { signal: abort.signal, lastEventId })) onEvent(event)
    })()
    reading.then(
      () => onEnd('end'),
      (error) => onEnd(error),
    )
    return { close: () => abort.abort() }
  }

/** A program that prints each event as a line of JSON, and ends with the stream. */
export const program =
  (command, args, { env, cwd } = {}) =>
  (url, { onEvent, onEnd, lastEventId = '' }) => {
    const running = start(command, [...args, url, lastEventId], {
      env,
      cwd,
      onLine: (line) => onEvent(JSON.parse(line)),
    })
    void running.ended.then(({ code, errors }) => onEnd(code === 0 ? 'end' : new Error(errors.trim().slice(-300))))
    return running
  }

/** A program that prints the stream as it comes. */
export const raw =
  (command, args) =>
  (url, { onEvent, onEnd, lastEventId }) => {
    const parser = createParser({ onEvent })
    const running = start(command, args(url, lastEventId), { onBytes: (bytes) => parser.feed(bytes) })
    void running.ended.then(({ code, errors }) =>
      onEnd(code === 0 ? 'end' : new Error(errors.trim() || `exit ${code}`)),
    )
    return running
  }
