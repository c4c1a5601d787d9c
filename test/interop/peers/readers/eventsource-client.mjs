import { ASCII_IDS } from '../../lib/known.mjs'

export default {
  name: 'eventsource-client',
  kind: 'reader',
  npm: ['eventsource-client'],
  ci: true,
  async read(url, { onEvent, onEnd }) {
    const { createEventSource } = await import('eventsource-client')
    const client = createEventSource({
      url,
      onMessage: ({ event = 'message', data, id }) => onEvent({ event, data, id }),
      // It tells of every disconnect, and stands at "closed" where it was the last.
      onDisconnect: () => setTimeout(() => client.readyState === 'closed' && onEnd('closed'), 0),
    })
    return client
  },
  differs: { ids: ASCII_IDS },
}
