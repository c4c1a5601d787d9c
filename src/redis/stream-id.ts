const STREAM_ID = /^(0|[1-9]\d{0,19})-(0|[1-9]\d{0,19})$/

/** The largest number of either part: 2^64-1. */
const LARGEST = '18446744073709551615'

/** Digits without leading zeros, as numbers; they do not fit a number of JavaScript. */
function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Whether Redis could have issued `text` as the id of an entry: `<milliseconds>-<sequence>`. */
export function isStreamId(text: string): boolean {
  const [, time, sequence] = STREAM_ID.exec(text) ?? []
  if (time === undefined || sequence === undefined) return false
  return compareDigits(time, LARGEST) <= 0 && compareDigits(sequence, LARGEST) <= 0
}

/** Below 0 where `a` is before `b`, 0 where they are the same. Both are ids of a stream. */
export function compareStreamIds(a: string, b: string): number {
  const dashA = a.indexOf('-')
  const dashB = b.indexOf('-')
  return compareDigits(a.slice(0, dashA), b.slice(0, dashB)) || compareDigits(a.slice(dashA + 1), b.slice(dashB + 1))
}

/** When the entry was added, by the clock of Redis, in milliseconds. */
export function timeOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')))
}

/** The id right before `id`, which is not the first there can be. */
export function idBefore(id: string): string {
  const dash = id.indexOf('-')
  const time = BigInt(id.slice(0, dash))
  const sequence = BigInt(id.slice(dash + 1))
  return sequence > 0n ? `${time}-${sequence - 1n}` : `${time - 1n}-${LARGEST}`
}

/** The first id after `id`. */
export function idAfter(id: string): string {
  const dash = id.indexOf('-')
  const sequence = id.slice(dash + 1)
  return sequence === LARGEST ? `${BigInt(id.slice(0, dash)) + 1n}-0` : `${id.slice(0, dash)}-${BigInt(sequence) + 1n}`
}
