import { fileURLToPath } from 'node:url'

/** Only in this checkout, where eventwire is a link to a folder outside of the example. */
const root = fileURLToPath(new URL('../..', import.meta.url))

export default { turbopack: { root } }
