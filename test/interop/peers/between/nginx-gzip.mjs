import { NGINX, nginx } from '../../lib/between.mjs'

export default {
  ...NGINX,
  name: 'nginx with gzip for event streams',
  order: 12,
  ci: true,
  between: nginx({
    location: 'proxy_http_version 1.1; proxy_set_header connection "";',
    http: 'gzip on; gzip_types text/event-stream; gzip_min_length 0;',
  }),
}
