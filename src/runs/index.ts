/**
 * Answers that outlive the readers who asked for them: recorded, replayed, stopped on request.
 *
 * @module
 */
export { createRuns } from './create-runs.js'
export type { Runs } from './runs.js'
export type { Run, RunSource } from './run.js'
export type { RunsOptions } from './runs-options.js'
export type { RecordedMessage } from './record.js'
export type { RunClaim, RunEnd, RunState, RunStore, RunView } from './run-store.js'
export { RunExistsError } from './run-exists-error.js'
export { RunsClosedError } from './runs-closed-error.js'
export { RunLimitError } from './run-limit-error.js'
export type { CorsOptions } from '../server/cors.js'
export type { StreamMessage } from '../server/stream-message.js'
export type { NodeRequest, NodeResponse } from '../server/node-types.js'
export { OptionError } from '../errors/option-error.js'
export { EncodeError } from '../errors/encode-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
