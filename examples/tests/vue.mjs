export { test } from './page.mjs'
