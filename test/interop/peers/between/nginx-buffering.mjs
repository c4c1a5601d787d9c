import { NGINX, nginx } from '../../lib/between.mjs'

const LOCATION = 'proxy_ignore_headers X-Accel-Buffering;'

export default {
  ...NGINX,
  name: 'nginx that ignores X-Accel-Buffering, and a server with `padding`',
  order: 14,
  patience: 3000,
  exchanges: ['plain', 'lines', 'delay'],
  server: { padding: 16_384 },
  between: nginx({ location: LOCATION }),
  needs: [
    {
      exchanges: ['plain', 'lines', 'delay'],
      set: '`proxy_buffering off;`: padding does not beat buffering',
      between: nginx({ location: `${LOCATION} proxy_buffering off;` }),
    },
  ],
}
