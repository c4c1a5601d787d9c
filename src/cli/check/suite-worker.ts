import { accessSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import {
  clientSuite,
  parserSuite,
  type ClientAdapter,
  type ParserAdapter,
  type Suite,
  type SuiteResult,
} from 'eventwire/testing'
import { unreadable } from '../arguments.js'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import type { SuiteJob, SuiteMessage } from './suites.js'

type SuiteOptions<S extends (adapter: never, options?: never) => Suite> = NonNullable<Parameters<S>[1]>

interface AdapterModule {
  readonly default?: unknown
  /** What the subject does otherwise on purpose; those cases are skipped. */
  readonly without?: readonly string[]
}

/** So many cases wait at once: a client's are made of waiting. */
const LANES = 16

const post = (message: SuiteMessage): void => parentPort!.postMessage(message)

// What the subject throws where nobody catches it fails no more than the case that waits for it.
const uncaught = (error: unknown): void => post({ uncaught: messageOf(error) })
process.on('uncaughtException', uncaught)
process.on('unhandledRejection', uncaught)

try {
  await run(await suiteOf(workerData as SuiteJob))
  post({ isDone: true })
} catch (error) {
  post({ problem: messageOf(error), exitCode: error instanceof CommandError ? error.exitCode : EXIT.failed })
}

/** The suite for the adapter that is the default export of the file. */
async function suiteOf({ kind, file, timeout }: SuiteJob): Promise<Suite> {
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

/** Runs the cases, some at once, and posts the results in their order. */
async function run({ name: suite, cases }: Suite): Promise<void> {
  const done: ((result: SuiteResult) => void)[] = []
  const results = cases.map((_each, at) => new Promise<SuiteResult>((resolve) => (done[at] = resolve)))
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < cases.length; at = next++) done[at]!(await resultOf(suite, cases[at]!))
  }
  for (let count = 0; count < LANES; count++) void lane()
  for (const result of results) post({ result: await result })
}

async function resultOf(
  suite: string,
  { name, rule, section, skip, run: runCase }: Suite['cases'][number],
): Promise<SuiteResult> {
  const about = { suite, name, rule, section }
  try {
    const reason = skip ?? (await runCase())
    return reason === undefined ? { ...about, status: 'pass' } : { ...about, status: 'skip', message: reason }
  } catch (error) {
    return { ...about, status: 'fail', message: messageOf(error) }
  }
}
