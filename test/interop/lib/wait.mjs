/** What did not come out as it should, told in the table. */
export class Mismatch extends Error {}

/** The most that an exchange waits for one thing. Far beyond what any peer needs: the machine may be busy. */
const LIMIT = 15_000
let patience = LIMIT

/** For peers that are known to let one wait. */
export const setPatience = (ms = LIMIT) => {
  patience = ms
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `condition` gives something truthy, and gives it. `what` names it, for the message. */
export async function until(condition, what, limit = patience) {
  for (const deadline = performance.now() + limit; ;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > deadline) throw new Mismatch(typeof what === 'function' ? what() : `no ${what}`)
    await sleep(10)
  }
}

const short = (value) => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 160 ? `${text.slice(0, 120)}… (${text.length} characters)` : text
}

export function expectEqual(found, expected, what) {
  if (JSON.stringify(found) === JSON.stringify(expected)) return
  throw new Mismatch(`${what}: ${short(found)} instead of ${short(expected)}`)
}
