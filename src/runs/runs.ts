import type { NodeRequest, NodeResponse } from '../server/node-types.js'
import type { RunState } from './run-store.js'
import type { Run, RunSource } from './run.js'

/** Runs of this process, and readers of runs of any. The code that created it owns it and closes it; any code may use it. */
export interface Runs {
  /**
   * Claims the key, then starts to read the source. Resolves as soon as the key is claimed, before the first message.
   * Of several calls at once, in any processes, exactly one wins.
   *
   * Rejects with nothing started, a source that is an iterable given back with `return()`: with a `RunExistsError` where the
   * key is taken, a `RunsClosedError` after `close`, an `OptionError` for a key or a source that is none, and with the error of the store.
   */
  start(key: string, source: RunSource): Promise<Run>
  /** Answers a web request with the run. Rejects for a key that is no string alone. May be passed on without the runs. */
  readonly fetch: (request: Request, key: string) => Promise<Response>
  /** Answers a Node request, also of HTTP/2 (its compatibility API). Resolves when the answer has begun. As `fetch`. */
  readonly node: (req: NodeRequest, res: NodeResponse, key: string) => Promise<void>
  /** How the run stands that has the key; `undefined` where there is none. Rejects with the error of the store. */
  state(key: string): Promise<RunState | undefined>
  /**
   * Ends a run, in any process: its `signal` is aborted there and `closed` settles, whatever the source
   * does. Gives whether one went on. Rejects with the error of the store.
   */
  stop(key: string): Promise<boolean>
  /** Stops the run where it goes on, and drops what is kept of it. Does nothing where there is none. */
  forget(key: string): Promise<void>
  /**
   * Starts nothing more and lets nobody in. Runs that go on have `drain` milliseconds (default 0) to end by themselves; those
   * that do not are `lost`, so that they can be started elsewhere at once. Readers of runs of other processes are sent there.
   *
   * Resolves when all connections have ended and the store is closed. Further calls give the same promise.
   */
  close(options?: { drain?: number }): Promise<void>
}
