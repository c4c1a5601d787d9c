export interface FixtureEvent {
  event: string
  data: string
  id: string
}

export interface Expectation {
  events: FixtureEvent[]
  comments: string[]
  retries: number[]
  ids: string[]
  lastEventId: string
}

export interface Fixture {
  /** `GROUP.NAME`. */
  name: string
  group: string
  rule: string
  bytes: Uint8Array
  /** The bytes as UTF-8 text, a byte order mark left in. */
  text: string
  expected: Expectation
}

/** All fixtures, or those of one group, in the order of their names. */
export function loadFixtures(group?: string): Fixture[]

export function cutAt<T extends string | Uint8Array>(source: T, ...cuts: number[]): T[]
export function perUnit<T extends string | Uint8Array>(source: T): T[]
export function everyTwoWay<T extends string | Uint8Array>(source: T): T[][]
