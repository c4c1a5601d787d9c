import { connect } from '../../../../dist/client/index.js'
import { loop } from '../../lib/readers.mjs'

export default {
  name: 'eventwire connect()',
  kind: 'reader',
  order: 0,
  ci: true,
  read: loop((url, { signal }) => connect(url, { signal })),
}
