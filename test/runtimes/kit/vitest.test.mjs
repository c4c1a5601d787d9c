import { http } from 'msw'
import { setupServer } from 'msw/node'
import { describe, it } from 'vitest'
import { cases, plain, withMsw } from './checks.mjs'

describe('the kit', () => {
  for (const [name, check] of Object.entries({ ...plain, ...withMsw({ http, setupServer }) })) it(name, check)
})

describe('our parser', () => {
  for (const { name, run } of cases) it(name, run)
})
