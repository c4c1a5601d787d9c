const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

const NUMBER = /^(0|[1-9]\d{0,14})$/

/** Names one run among all there ever are, and cannot be guessed. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('')
}

/** The id of the event with this number; 0 is the place before the first. */
export function eventId(token: string, number: number): string {
  return `${token}-${number}`
}

/** The number in an id of the run; `undefined` where it is none of this run. `id` may be any text. */
export function eventNumber(token: string, id: string): number | undefined {
  if (!id.startsWith(`${token}-`)) return undefined
  const digits = id.slice(token.length + 1)
  return NUMBER.test(digits) ? Number(digits) : undefined
}
