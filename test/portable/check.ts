import type { Expectation } from '../support/fixtures/fixtures.mjs'

/** A test that runs in any runtime: no file, no server of its own, no test runner. */
export interface Check {
  name: string
  run(): Promise<void> | void
}

/** A fixture as text, for runtimes without files. */
export interface PortableFixture {
  name: string
  rule: string
  hex: string
  expected: Expectation
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}
