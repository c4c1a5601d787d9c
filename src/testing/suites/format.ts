import type { SuiteResult } from './suite.js'

type Results = Iterable<SuiteResult> | AsyncIterable<SuiteResult>

/**
 * Runs what is left to run of `results` and writes it as TAP 14: a line for each case, with rule, section
 * and message below those that fail.
 *
 * @example
 * ```ts
 * import { createParser } from 'eventwire/parser'
 * import { parserSuite, toTap } from 'eventwire/testing'
 *
 * const tap = await toTap(parserSuite(createParser))
 * tap.startsWith('TAP version 14\nok 1 - ') // => true
 * ```
 */
export async function toTap(results: Results): Promise<string> {
  let tap = 'TAP version 14\n'
  let count = 0
  for await (const { suite, name, rule, section, status, message = '' } of results) {
    count++
    const title = `${status === 'fail' ? 'not ok' : 'ok'} ${count} - ${escapeTap(`${suite}: ${name}`)}`
    if (status === 'pass') tap += `${title}\n`
    else if (status === 'skip') tap += `${title} # SKIP ${oneLine(message)}\n`
    else {
      // JSON is YAML: quotes and line ends need no rules of their own.
      const details = Object.entries({ message, rule, section }).map(
        ([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`,
      )
      tap += `${title}\n  ---\n${details.join('')}  ...\n`
    }
  }
  return `${tap}1..${count}\n`
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')
const escapeTap = (text: string): string => oneLine(text).replaceAll(/[\\#]/g, '\\$&')

/**
 * What `toJson` writes.
 *
 * @example
 * ```ts
 * import { createParser } from 'eventwire/parser'
 * import { parserSuite, toJson } from 'eventwire/testing'
 * import type { SuiteReport } from 'eventwire/testing'
 *
 * const report = JSON.parse(await toJson(parserSuite(createParser))) as SuiteReport
 * report.results.filter(({ status }) => status === 'fail') // => []
 * ```
 */
export interface SuiteReport {
  /** Cases there are. */
  total: number
  /** Cases whose rule holds. */
  passed: number
  /** Cases whose rule does not hold. */
  failed: number
  /** Cases that were left out. */
  skipped: number
  /** One for each case, in order. */
  results: SuiteResult[]
}

/**
 * Runs what is left to run of `results` and writes a `SuiteReport` as JSON, indented by two.
 *
 * @example
 * ```ts
 * import { createParser } from 'eventwire/parser'
 * import { parserSuite, toJson } from 'eventwire/testing'
 *
 * const report = JSON.parse(await toJson(parserSuite(createParser)))
 * report.failed // => 0
 * ```
 */
export async function toJson(results: Results): Promise<string> {
  const all: SuiteResult[] = []
  for await (const result of results) all.push(result)
  const count = (status: SuiteResult['status']): number => all.filter((result) => result.status === status).length
  const report: SuiteReport = {
    total: all.length,
    passed: count('pass'),
    failed: count('fail'),
    skipped: count('skip'),
    results: all,
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}
