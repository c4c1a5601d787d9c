export { test } from './page.mjs'

export const env = { NEXT_TELEMETRY_DISABLED: '1' }
