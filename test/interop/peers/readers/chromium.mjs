import { builtIn } from '../../lib/browsers.mjs'

export default { ...builtIn('chromium'), name: "Chromium's EventSource", order: 2, npm: ['playwright-core'], ci: true }
