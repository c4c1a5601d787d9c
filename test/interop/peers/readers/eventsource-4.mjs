import { eventSource } from '../../lib/readers.mjs'
import { ASCII_IDS } from '../../lib/known.mjs'

export default {
  name: 'eventsource 4',
  kind: 'reader',
  npm: ['eventsource-4'],
  ci: true,
  read: eventSource(async () => (await import('eventsource-4')).EventSource),
  differs: { ids: ASCII_IDS },
}
