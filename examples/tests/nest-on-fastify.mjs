export { test } from './nest.mjs'

export const folder = 'nest'
export const env = { ADAPTER: 'fastify' }
