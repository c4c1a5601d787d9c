/**
 * A scripted HTTP server for tests. Needs Node, or a runtime that has its `node:http`.
 *
 * @module
 */
export { createScriptedServer } from './scripted-server.js'
export type { Script, ScriptFunction, ScriptedRequest, ScriptedServer, ScriptedServerOptions } from './types.js'
export { createGate } from '../script/gate.js'
export type { Gate } from '../script/gate.js'
export { ScriptError } from '../script/script-error.js'
export { WaitTimeoutError } from '../script/wait.js'
export type {
  BytesStep,
  Cut,
  CutStep,
  EndStep,
  EventStep,
  HeadStep,
  RawStep,
  RedirectStep,
  StallStep,
  Step,
  WaitStep,
} from '../script/steps.js'
export { isEventWireError } from '../../errors.js'
export type { EventWireError } from '../../errors.js'
export type { EventMessage } from '../../wire/types.js'
