import { loadFixtures } from '../support/fixtures/fixtures.mjs'

/** The text of the module that `embedded-fixtures.d.ts` describes. */
export function embeddedFixtures() {
  const fixtures = loadFixtures().map(({ name, rule, bytes, expected }) => {
    return { name, rule, hex: Buffer.from(bytes).toString('hex'), expected }
  })
  return `export const fixtures = ${JSON.stringify(fixtures)}`
}
