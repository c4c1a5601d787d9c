import { eventSource } from '../../lib/readers.mjs'

export default {
  name: 'eventsource 5',
  kind: 'reader',
  npm: ['eventsource'],
  ci: true,
  read: eventSource(async () => (await import('eventsource')).EventSource),
}
