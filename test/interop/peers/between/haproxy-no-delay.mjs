import { haproxy, read } from '../../lib/between.mjs'

export default {
  name: 'HAProxy with http-no-delay',
  kind: 'between',
  order: 21,
  programs: ['haproxy'],
  debian: [{ name: 'haproxy' }],
  version: { of: 'HAProxy', command: ['haproxy', '-v'] },
  ci: true,
  between: haproxy('option http-no-delay'),
  read,
}
