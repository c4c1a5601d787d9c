import { createSecureServer } from 'node:http2'
import { readOverTls, tls } from '../../lib/between.mjs'

export default {
  name: 'HTTP/2 over TLS, without a proxy',
  kind: 'between',
  order: 41,
  npm: ['undici'],
  ci: true,
  between: { scheme: 'https', origin: (handler) => createSecureServer(tls, handler) },
  read: readOverTls,
}
