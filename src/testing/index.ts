/**
 * What tests of streaming code need in any runtime: scripted responses, a reference parser, conformance suites.
 *
 * @module
 */
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
export { parserSuite } from './suites/parser/parser-suite.js'
export type {
  ParserAdapter,
  ParserListener,
  ParserSuiteOptions,
  ParserUnderTest,
  TextParserAdapter,
} from './suites/parser/parser-suite.js'
export { clientSuite } from './suites/client/client-suite.js'
export type { ClientSuiteOptions } from './suites/client/client-suite.js'
export type { ClientAdapter, ClientListener, ClientUnderTest } from './suites/client/client-trial.js'
export { serverSuite } from './suites/server/server-suite.js'
export type { ServerSuiteOptions } from './suites/server/server-suite.js'
export type { ServerAdapter, SuiteMessage } from './suites/server/server-reader.js'
export { runStoreSuite } from './suites/runs/run-store-suite.js'
export type { RunStoreSuiteOptions } from './suites/runs/run-store-suite.js'
export type { RunStoreAdapter } from './suites/runs/store-trial.js'
export { transportSuite } from './suites/transport/transport-suite.js'
export type { TransportSuiteOptions } from './suites/transport/transport-suite.js'
export type { TransportAdapter } from './suites/transport/transport-trial.js'
export type { GapReason, HistoryLimits, Page, Subscriber, Transport } from '../server/channel/transport.js'
export type { Entry, TransportMessage } from '../server/channel/entry.js'
export type { RunClaim, RunEnd, RunState, RunStore, RunView } from '../runs/run-store.js'
export { ConformanceError } from './suites/suite.js'
export type { Suite, SuiteCase, SuiteResult } from './suites/suite.js'
export { toJson, toTap } from './suites/format.js'
export type { SuiteReport } from './suites/format.js'
export type { Script, ScriptedRequest, ScriptedServer, ScriptFunction } from './server/types.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { EventMessage, ServerSentEvent } from '../wire/types.js'
