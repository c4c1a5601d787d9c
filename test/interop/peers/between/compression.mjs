import { compressing, read } from '../../lib/between.mjs'

export default {
  name: 'compression middleware',
  kind: 'between',
  order: 30,
  npm: ['compression'],
  ci: true,
  between: compressing(() => import('compression')),
  read,
  about: 'It leaves our streams as they are, since they say `no-transform`.',
}
