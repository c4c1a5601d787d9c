import { describe, it } from '@jest/globals'
import { cases, plain } from './checks.mjs'

describe('the kit', () => {
  for (const [name, check] of Object.entries(plain)) it(name, check, 20_000)
})

describe('our parser', () => {
  for (const { name, run } of cases) it(name, async () => void (await run()))
})
