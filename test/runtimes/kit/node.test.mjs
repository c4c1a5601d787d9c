import { describe, it } from 'node:test'
import { cases, plain } from './checks.mjs'

describe('the kit', () => {
  for (const [name, check] of Object.entries(plain)) it(name, check)
})

describe('our parser', () => {
  for (const { name, run } of cases) it(name, run)
})
