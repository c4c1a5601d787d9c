/** Milliseconds: far more than anything takes, on a machine that is busy too. */
const BOUND = 30_000

/** What the test waits for did not come in time, or was not what the standard says. */
export class SpecFailure extends Error {
  override readonly name = 'SpecFailure'
}

/** Bounds a wait. The signal of a function aborts when it has taken too long. */
export async function within<T>(
  what: string,
  wait: Promise<T> | ((signal: AbortSignal) => Promise<T>),
  ms: number = BOUND,
): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new SpecFailure(`Waited ${ms} ms for ${what}.`))
    }, ms)
  })
  try {
    return await Promise.race([typeof wait === 'function' ? wait(controller.signal) : wait, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Plain values and lists and objects of them, compared by what they hold. */
export function equal(actual: unknown, expected: unknown, what = 'It'): void {
  const [is, should] = [actual, expected].map(show)
  if (is !== should) throw new SpecFailure(`${what} is\n  ${is}\nand should be\n  ${should}`)
}

export function isTrue(actual: boolean, what: string): void {
  if (!actual) throw new SpecFailure(`Not true: ${what}`)
}

/** Returns what `run` throws. */
export function thrownBy(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new SpecFailure('It should have thrown.')
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each === undefined) return '(undefined)'
    if (typeof each === 'number' && !Number.isFinite(each)) return `(${each})`
    return each
  })
}

export function sorted(values: Iterable<string>): string[] {
  // oxlint-disable-next-line unicorn/no-array-sort
  return [...values].sort()
}
