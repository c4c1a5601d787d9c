import { eventSource } from '../../lib/readers.mjs'

export default {
  name: 'undici EventSource',
  kind: 'reader',
  npm: ['undici'],
  ci: true,
  read: eventSource(async () => (await import('undici')).EventSource),
}
