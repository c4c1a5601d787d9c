import type { Check } from './check.js'

export interface Failure {
  name: string
  /** What was thrown, with its stack. */
  text: string
}

/** Runs checks, a few at a time, and returns what went wrong. */
export async function failuresOf(checks: Check[], atOnce: number): Promise<Failure[]> {
  const failures: Failure[] = []
  const left = checks.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const { name, run } of left) {
        try {
          await run()
        } catch (error) {
          failures.push({ name, text: error instanceof Error ? (error.stack ?? error.message) : String(error) })
        }
      }
    }),
  )
  return failures
}

/** Names last: the end of a long output is what is read. */
export function listed(failures: Failure[]): string {
  const stacks = failures.map(({ name, text }) => `FAILED ${name}\n${text}`)
  const names = failures.map(({ name, text }) => `FAILED ${name}: ${text.split('\n', 1)[0]}`)
  return [...stacks, ...names].join('\n')
}
