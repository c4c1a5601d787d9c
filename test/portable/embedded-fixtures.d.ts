import type { PortableFixture } from './check.js'

/** The fixtures, put there by whatever bundles the tests. */
export const fixtures: PortableFixture[]
