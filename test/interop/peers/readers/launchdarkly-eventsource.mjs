import { ASCII_IDS } from '../../lib/known.mjs'
import { eventSource } from '../../lib/readers.mjs'

const read = eventSource(async () => (await import('launchdarkly-eventsource')).EventSource)

export default {
  name: 'launchdarkly-eventsource',
  kind: 'reader',
  npm: ['launchdarkly-eventsource'],
  ci: true,
  async read(url, handlers) {
    const source = await read(url, handlers)
    // It says so before it is closed, and once more when it is.
    source.addEventListener('closed', () => handlers.onEnd('closed'))
    return source
  },
  differs: { ids: ASCII_IDS },
}
