import { OptionError } from '../../../errors/option-error.js'
import { check, checkOptions } from '../../../options/check-options.js'
import { isFunction } from '../../../options/rules.js'
import type { Step } from '../../script/steps.js'
import type { Script, ScriptedServer } from '../../server/types.js'
import type { StreamCase } from '../parser/stream-case.js'
import { STREAMS } from '../parser/streams.js'
import { abilitiesOf, createSuite, expectSame, patience, type CaseOf, type Suite } from '../suite.js'
import { ANSWER } from './answer-cases.js'
import { Trial, type ClientAdapter, type ClientContext } from './client-trial.js'
import { CONNECTION, STREAM } from './connection-cases.js'
import { REQUEST } from './request-cases.js'
import { CLOSE, LAST_EVENT_ID, TIME } from './state-cases.js'

/** Options of `clientSuite`. */
export interface ClientSuiteOptions {
  /**
   * What the client does not do, on purpose. Cases that need it are skipped.
   *
   * - `reconnect`: it reads one answer and is done.
   * - `temporary-errors`: it does not fail on 429, 500 and 503, but retries.
   * - `other-success`: it does not fail on 201 and 206, but reads them.
   * - `close-in-handler`: the adapter cannot close it while it hands over an event, for one because it runs
   *   elsewhere.
   */
  without?: readonly ('reconnect' | 'temporary-errors' | 'other-success' | 'close-in-handler')[]
  /** Milliseconds each wait may take. Default 5000. A client that ignores `retry` needs its own delay. */
  timeout?: number
  /** Default: `createScriptedServer` of `eventwire/testing/server`, where it can be imported. */
  createServer?: (script: Script) => Promise<ScriptedServer>
}

const ABILITIES = {
  reconnect: 'the client does not reconnect',
  'temporary-errors': 'the client retries temporary errors',
  'other-success': 'the client takes any status of success',
  'close-in-handler': 'the adapter cannot close the client while it hands over an event',
}

const DEFAULT_TIMEOUT = 5000

/**
 * The rules for clients (WHATWG HTML 9.2.2 to 9.2.6), for anything that connects to an event stream: request,
 * answer, reconnection, last event ID, closing, and parsing as it shows through the client.
 *
 * Each case starts a scripted server of its own on a loopback port, and closes it.
 *
 * @throws {OptionError} for an option that does not exist or makes no sense.
 *
 * @example
 * ```ts no-run
 * import { EventSource } from 'eventwire/eventsource'
 * import { clientSuite } from 'eventwire/testing'
 *
 * const suite = clientSuite((url, { types, onEvent, onClose }) => {
 *   const source = new EventSource(url)
 *   for (const type of types) {
 *     source.addEventListener(type, (event) => {
 *       onEvent({ event: event.type, data: event.data, id: event.lastEventId })
 *     })
 *   }
 *   source.addEventListener('error', () => {
 *     if (source.readyState === source.CLOSED) onClose()
 *   })
 *   return source
 * })
 * for await (const { status, name, message } of suite) {
 *   if (status === 'fail') console.error(name, message)
 * }
 * ```
 */
export function clientSuite(adapter: ClientAdapter, options: ClientSuiteOptions = {}): Suite {
  check('adapter', typeof adapter === 'function', 'must be a function that connects a client')
  checkOptions(options, { without: abilitiesOf(ABILITIES), timeout: patience, createServer: isFunction })
  const { without = [], timeout = DEFAULT_TIMEOUT, createServer = startScriptedServer } = options
  const context: ClientContext = { connect: adapter, createServer, timeout, types: TYPES }
  return createSuite({ name: 'client', cases: CASES, context, without, abilities: ABILITIES })
}

const SERVER_MODULE = 'eventwire/testing/server'

// The name is no literal: bundlers for the browser must not follow it into Node's modules.
async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const { createScriptedServer } = await import(/* @vite-ignore */ /* webpackIgnore: true */ SERVER_MODULE).catch(
    (error: unknown) => {
      const remedy = `${SERVER_MODULE} cannot be imported here. Pass what starts a scripted server`
      throw Object.assign(new OptionError('createServer', remedy), { cause: error })
    },
  )
  return createScriptedServer(script)
}

const OVER = 'the stream is over'

/** How streams look through a client: those that need an end, or tell of `retry`, are cases of their own. */
const PARSING: readonly CaseOf<ClientContext>[] = STREAMS.filter(
  ({ unfinished, retries }) => !unfinished && retries === undefined,
).map((stream) => ({
  name: `parsing: ${stream.name}`,
  rule: stream.rule,
  section: stream.section,
  run: (context) => Trial.run(context, [stepsOf(stream)], (trial) => shows(trial, stream)),
}))

function stepsOf({ chunks, prompt }: StreamCase): Step[] {
  const pieces = chunks.flatMap((chunk): Step[] => [
    { bytes: typeof chunk === 'string' ? chunk : Uint8Array.from(chunk) },
    { wait: chunks.length > 1 ? 2 : 0 },
  ])
  return [...pieces, ...(prompt ? [] : [{ bytes: `data: ${OVER}\n\n` }]), { stall: true }]
}

async function shows(trial: Trial, { events, prompt }: StreamCase): Promise<void> {
  await trial.until(
    () => (prompt ? trial.events.length >= events.length : trial.data.includes(OVER)),
    () => `${JSON.stringify(events)}; it got ${JSON.stringify(trial.events)}`,
  )
  const seen = trial.events.filter(([data]) => data !== OVER)
  expectSame(
    '[data, event, id]',
    seen,
    events.map(([data, event = 'message', id = '']) => [data, event, id]),
  )
}

const CASES: readonly CaseOf<ClientContext>[] = [
  ...[REQUEST, ANSWER, STREAM, CONNECTION, LAST_EVENT_ID, TIME, CLOSE]
    .flat()
    .map(({ script, check: judge, ...about }): CaseOf<ClientContext> => ({
      ...about,
      run: (context) => Trial.run(context, script, judge),
    })),
  ...PARSING,
]

const TYPES: readonly string[] = [
  ...new Set([
    'message',
    'tick',
    'leak',
    ...STREAMS.flatMap(({ events }) => events.map(([, event = 'message']) => event)),
  ]),
]
