import { ASCII_IDS } from '../../lib/known.mjs'

export default {
  name: 'event-source-plus',
  kind: 'reader',
  npm: ['event-source-plus'],
  ci: true,
  async read(url, { onEvent }) {
    const { EventSourcePlus } = await import('event-source-plus')
    const controller = new EventSourcePlus(url).listen({
      onMessage: ({ event, data, id }) => onEvent({ event: event || 'message', data, id }),
    })
    return { close: () => controller.abort() }
  },
  needs: [
    {
      exchanges: ['lines'],
      set: 'data without line feeds, as JSON is: it keeps the last line alone',
      encode: (text) => JSON.stringify(text),
    },
  ],
  differs: {
    retry: '`maxRetryInterval`, and a limit at the server: it comes back after 2 ms, whatever the server says',
    ids: ASCII_IDS,
    end: 'a last event of your own, and `controller.abort()` there: it comes back also after a 204',
  },
}
