import { builtIn } from '../../lib/browsers.mjs'

export default { ...builtIn('firefox'), name: "Firefox's EventSource", order: 3, npm: ['playwright-core'] }
