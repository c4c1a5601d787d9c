import { inPage } from '../../lib/browsers.mjs'
import { ASCII_IDS } from '../../lib/known.mjs'

export default {
  ...inPage({
    files: ['htmx-4/dist/htmx.js', 'htmx-4/dist/ext/hx-sse.js'],
    html: '<div hx-sse:connect="/events"></div>',
    run({ html }) {
      document.body.addEventListener('htmx:sse:before:message', ({ detail: { message } }) =>
        globalThis.hand({ event: message.event || 'message', data: message.data, id: message.id }),
      )
      document.body.innerHTML = html
      globalThis.htmx.process(document.body)
    },
  }),
  name: 'htmx 4, with its extension',
  order: 53,
  npm: ['htmx-4'],
  differs: { ids: ASCII_IDS, end: '`hx-sse:close` with the type of a last event: it comes back also after a 204' },
}
