import { haproxy, read } from '../../lib/between.mjs'

export default {
  name: 'HAProxy',
  kind: 'between',
  order: 20,
  programs: ['haproxy'],
  debian: [{ name: 'haproxy' }],
  version: { of: 'HAProxy', command: ['haproxy', '-v'] },
  ci: true,
  between: haproxy(),
  read,
  needs: [
    {
      exchanges: ['delay'],
      set: '`option http-no-delay`',
      between: haproxy('option http-no-delay'),
    },
  ],
}
