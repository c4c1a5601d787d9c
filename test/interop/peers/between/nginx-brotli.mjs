import { NGINX, nginx, readOverTls } from '../../lib/between.mjs'
import { IDLE_TIMEOUT, RETRY_AFTER_IDLE } from '../../lib/known.mjs'

const MODULE = 'ngx_http_brotli_filter_module'

export default {
  ...NGINX,
  name: 'nginx with brotli for event streams',
  order: 13,
  debian: [
    ...NGINX.debian,
    { name: 'libnginx-mod-http-brotli-filter', test: ['ls', `/usr/lib/nginx/modules/${MODULE}.so`] },
  ],
  patience: 8000,
  npm: ['undici'],
  between: nginx({
    secure: true,
    modules: [MODULE],
    location: 'proxy_http_version 1.1; proxy_set_header connection "";',
    http: 'brotli on; brotli_types text/event-stream; brotli_min_length 0;',
  }),
  read: readOverTls,
  needs: [IDLE_TIMEOUT],
  differs: { retry: RETRY_AFTER_IDLE },
}
