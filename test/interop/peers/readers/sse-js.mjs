import { inPage } from '../../lib/browsers.mjs'
import { ASCII_IDS } from '../../lib/known.mjs'

export default {
  ...inPage({
    modules: ['sse.js/lib/sse.js'],
    async run({ types }) {
      // A path, so that nobody takes it for a package.
      const path = '/0.js'
      const { SSE } = await import(path)
      const source = new SSE('/events', { autoReconnect: true, useLastEventId: true })
      for (const type of types) {
        source.addEventListener(type, ({ data, id }) => globalThis.hand({ event: type, data, id: id ?? undefined }))
      }
    },
  }),
  name: 'sse.js, with `autoReconnect`',
  order: 51,
  npm: ['sse.js'],
  differs: {
    ids: ASCII_IDS,
    end: 'a last event of your own, and `close()` there: with `autoReconnect` it comes back also after a 204',
  },
}
