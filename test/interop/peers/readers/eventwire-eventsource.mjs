import { eventSource } from '../../lib/readers.mjs'

export default {
  name: 'eventwire EventSource',
  kind: 'reader',
  order: 1,
  ci: true,
  read: eventSource(async () => (await import('../../../../dist/eventsource/index.js')).EventSource),
}
