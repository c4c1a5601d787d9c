import { NGINX, nginx, readOverTls } from '../../lib/between.mjs'

export default {
  ...NGINX,
  name: 'nginx with HTTP/2 over TLS',
  order: 11,
  npm: ['undici'],
  ci: true,
  between: nginx({ secure: true, location: 'proxy_http_version 1.1; proxy_set_header connection "";' }),
  read: readOverTls,
}
