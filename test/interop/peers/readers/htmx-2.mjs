import { inPage } from '../../lib/browsers.mjs'

export default {
  ...inPage({
    files: ['htmx-2/dist/htmx.js', 'htmx-ext-sse/sse.js'],
    html: '<div hx-ext="sse" sse-connect="/events" sse-close="none"><p sse-swap="message,tick,reset"></p></div>',
    run({ html }) {
      document.body.addEventListener('htmx:sseMessage', ({ detail: { type, data, lastEventId } }) =>
        globalThis.hand({ event: type, data, id: lastEventId }),
      )
      document.body.innerHTML = html
      globalThis.htmx.process(document.body)
    },
  }),
  name: 'htmx 2, with its extension',
  order: 52,
  npm: ['htmx-2', 'htmx-ext-sse'],
  differs: { end: '`sse-close` with the type of a last event: it makes a new EventSource where one was closed' },
}
