import { compressing, read } from '../../lib/between.mjs'

const headers = { 'cache-control': 'no-cache' }

export default {
  name: 'compression middleware, streams compressed',
  kind: 'between',
  order: 31,
  npm: ['compression'],
  ci: true,
  server: { headers },
  channel: { headers },
  between: compressing(() => import('compression')),
  read,
  about: "With `headers: { 'cache-control': 'no-cache' }` it compresses, and the server flushes it after each write.",
}
