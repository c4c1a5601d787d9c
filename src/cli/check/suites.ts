import { accessSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  clientSuite,
  parserSuite,
  type ClientAdapter,
  type ParserAdapter,
  type Suite,
  type SuiteResult,
} from 'eventwire/testing'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import { unreadable } from '../arguments.js'
import { note } from '../terminal/write.js'

type SuiteOptions<S extends (adapter: never, options?: never) => Suite> = NonNullable<Parameters<S>[1]>

interface AdapterModule {
  readonly default?: unknown
  /** What the subject does otherwise on purpose; those cases are skipped. */
  readonly without?: readonly string[]
}

/** The suite for the adapter that is the default export of `file`. `timeout` is for each wait, in milliseconds. */
export async function suiteOf(kind: 'parser' | 'client', file: string, timeout: number): Promise<Suite> {
  const path = resolvePath(file)
  try {
    accessSync(path)
  } catch (error) {
    throw unreadable(file, error)
  }
  let module: AdapterModule
  try {
    module = (await import(pathToFileURL(path).href)) as AdapterModule
  } catch (error) {
    throw new CommandError(`cannot load ${file}: ${messageOf(error)}`, EXIT.usage, error)
  }
  const { default: adapter, without = [] } = module
  if (typeof adapter !== 'function') {
    throw new CommandError(`${file} has no function as its default export; see docs/cli.md for an adapter`, EXIT.usage)
  }
  try {
    return kind === 'parser'
      ? parserSuite(adapter as ParserAdapter, { without } as SuiteOptions<typeof parserSuite>)
      : clientSuite(adapter as ClientAdapter, { without, timeout } as SuiteOptions<typeof clientSuite>)
  } catch (error) {
    throw new CommandError(`${file}: ${messageOf(error)}`, EXIT.usage, error)
  }
}

/** So many cases wait at once: a client's are made of waiting. */
const LANES = 16

/**
 * Runs the cases, some at once, and yields the results in their order. What the subject throws where nobody catches it
 * (a callback of its own, a rejection) fails no more than the case that waits for it.
 */
export async function* resultsOf({ name: suite, cases }: Suite): AsyncGenerator<SuiteResult> {
  const uncaught = (error: unknown): void => note(`eventwire: uncaught: ${messageOf(error)}`)
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', uncaught)
  try {
    const done: ((result: SuiteResult) => void)[] = []
    const results = cases.map((_each, at) => new Promise<SuiteResult>((resolve) => (done[at] = resolve)))
    let next = 0
    const lane = async (): Promise<void> => {
      for (let at = next++; at < cases.length; at = next++) done[at]!(await resultOf(suite, cases[at]!))
    }
    for (let count = 0; count < LANES; count++) void lane()
    for (const result of results) yield await result
  } finally {
    process.off('uncaughtException', uncaught)
    process.off('unhandledRejection', uncaught)
  }
}

async function resultOf(
  suite: string,
  { name, rule, section, skip, run }: Suite['cases'][number],
): Promise<SuiteResult> {
  const about = { suite, name, rule, section }
  try {
    const reason = skip ?? (await run())
    return reason === undefined ? { ...about, status: 'pass' } : { ...about, status: 'skip', message: reason }
  } catch (error) {
    return { ...about, status: 'fail', message: messageOf(error) }
  }
}
