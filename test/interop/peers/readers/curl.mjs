import { raw } from '../../lib/readers.mjs'

export default {
  name: 'curl -N',
  kind: 'reader',
  programs: ['curl'],
  debian: [{ name: 'curl' }],
  version: { of: 'curl', command: ['curl', '--version'] },
  ci: true,
  byHand: true,
  without: { retry: 'it reads one answer' },
  read: raw('curl', (url, lastEventId) => [
    '-fsSN',
    ...(lastEventId ? ['-H', `last-event-id: ${lastEventId}`] : []),
    url,
  ]),
}
