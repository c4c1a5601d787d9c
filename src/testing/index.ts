export { referenceParse, referenceTrace } from './reference-parse.js'
export type { ReferenceOptions, ReferenceStep, ReferenceTrace } from './reference-parse.js'
export { scriptedResponse } from './scripted-response.js'
export type { ScriptedResponseOptions } from './scripted-response.js'
export { createGate } from './script/gate.js'
export type { Gate } from './script/gate.js'
export { ScriptError } from './script/script-error.js'
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
} from './script/steps.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { EventMessage, ServerSentEvent } from '../wire/types.js'
