import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { SuiteResult } from 'eventwire/testing'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import { note } from '../terminal/write.js'

/** Which suite to run on which module. */
export interface SuiteJob {
  readonly kind: 'parser' | 'client'
  /** The module whose default export is the adapter. */
  readonly file: string
  /** For each wait, in milliseconds. */
  readonly timeout: number
}

/** What the thread of a suite tells. */
export type SuiteMessage =
  | { readonly result: SuiteResult }
  | { readonly uncaught: string }
  | { readonly problem: string; readonly exitCode: number }
  | { readonly isDone: true }

/**
 * Runs a suite and yields its results in their order. The module is the user's, so it has a thread of its own: a loop
 * without an end does not keep Ctrl-C from being heard, and what the module leaves running ends with its thread.
 *
 * @throws {CommandError} where the module cannot be used. When `signal` aborts, its reason.
 */
export async function* resultsOf(job: SuiteJob, signal: AbortSignal): AsyncGenerator<SuiteResult> {
  const worker = new Worker(new URL('./suite-worker.js', import.meta.url), { workerData: job })
  const ended = new AbortController()
  // A module may call process.exit(), which ends its thread.
  worker.once('exit', () => ended.abort(new CommandError(`${job.file} ended before the suite did`, EXIT.usage)))
  worker.once('error', (error) => ended.abort(new CommandError(`${job.file}: ${messageOf(error)}`, EXIT.failed, error)))
  const messages = on(worker, 'message', { signal: AbortSignal.any([signal, ended.signal]) })
  try {
    for await (const [message] of messages as AsyncIterable<[SuiteMessage]>) {
      if ('result' in message) yield message.result
      else if ('uncaught' in message) note(`eventwire: uncaught: ${message.uncaught}`)
      else if ('problem' in message) throw new CommandError(message.problem, message.exitCode)
      else return
    }
  } catch (error) {
    throw ended.signal.aborted && !signal.aborted ? ended.signal.reason : error
  } finally {
    await worker.terminate()
  }
}
