import { NO_RESUME } from '../../lib/known.mjs'

export default {
  name: 'graphql-sse',
  kind: 'reader',
  order: 66,
  npm: ['graphql-sse'],
  ci: true,
  without: NO_RESUME,
  dialect: {
    type: 'next',
    message: (text) => ({ event: 'next', data: { data: { text } } }),
    end: [{ event: 'complete', data: '' }],
  },
  async read(url, { onEvent, onEnd }) {
    const { createClient } = await import('graphql-sse')
    const client = createClient({ url })
    const stop = client.subscribe(
      { query: 'subscription { text }' },
      { next: ({ data }) => onEvent({ data: data.text }), error: onEnd, complete: () => onEnd('end') },
    )
    return { close: stop }
  },
}
