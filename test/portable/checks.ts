import type { Check } from './check.js'
import { clientChecks } from './client.js'
import { corpusChecks } from './corpus.js'
import { fixtures } from './embedded-fixtures.js'
import { encoderChecks } from './encoder.js'
import { serverChecks } from './server.js'

/**
 * All that every runtime has to pass, by topic. The rules of EventSource have files of their own.
 *
 * @param base origin of the stage server
 */
export function portableChecks(base: string): Record<string, Check[]> {
  return {
    'corpus of streams': corpusChecks(fixtures),
    encoder: encoderChecks,
    client: clientChecks(base),
    server: serverChecks,
  }
}

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
