import { check, checkOptions } from '../../../options/check-options.js'
import { abilitiesOf, createSuite, patience, type Suite } from '../suite.js'
import { EVENTS } from './event-cases.js'
import { FORMAT, HEAD } from './format-cases.js'
import { READERS } from './reader-cases.js'
import { RESUME } from './resume-cases.js'
import type { ServerAdapter, ServerCase, ServerContext } from './server-reader.js'

/** Options of `serverSuite`. */
export interface ServerSuiteOptions {
  /** What the server does not do, on purpose: `resume` leaves out the cases about `Last-Event-ID`. */
  without?: readonly 'resume'[]
  /** Milliseconds each wait may take. Default 5000. A server that speaks rarely needs more. */
  timeout?: number
  /** Milliseconds to look out for what should not come. Default 300. Longer than its heartbeat finds more. */
  watch?: number
}

const ABILITIES = {
  send: 'the adapter has no send',
  connections: 'the adapter has no connections',
  resume: 'the server does not resume',
}

/** All cases share one server and its readers: a runner that starts several at once must not mix them. */
function oneAtATime(): (each: ServerCase) => ServerCase {
  let before: Promise<unknown> = Promise.resolve()
  return ({ run, ...about }) => ({
    ...about,
    run: (context) => {
      const now = before.then(() => run(context))
      before = now.catch(() => {})
      return now
    },
  })
}

/**
 * The rules for servers (WHATWG HTML 9.2.3 to 9.2.7, and HTTP where it matters), for anything that serves an
 * event stream, seen from outside.
 *
 * With a URL alone the suite reads what the server sends by itself. An adapter that can `send` lets it try
 * what the server does with hostile data, and one that tells its `connections` whether readers that left are
 * let go. Every case opens connections of its own, and closes them; one case runs at a time.
 *
 * @throws {OptionError} for an option that does not exist or makes no sense.
 *
 * @example
 * ```ts no-run
 * import { createChannel } from 'eventwire/server'
 * import { serverSuite } from 'eventwire/testing'
 *
 * const channel = createChannel()
 * const suite = serverSuite({
 *   url: 'http://localhost/events',
 *   fetch: (request) => channel.fetch(request),
 *   send: ({ event = 'message', data }) => channel.publish(event, data),
 *   connections: () => channel.connections,
 * })
 * for await (const { status, name, message } of suite) {
 *   if (status === 'fail') console.error(name, message)
 * }
 * await channel.close()
 * ```
 */
export function serverSuite(server: string | URL | ServerAdapter, options: ServerSuiteOptions = {}): Suite {
  checkOptions(options, { timeout: patience, watch: patience, without: abilitiesOf({ resume: ABILITIES.resume }) })
  const { without = [], timeout = 5000, watch = 300 } = options
  const adapter: ServerAdapter = typeof server === 'string' || server instanceof URL ? { url: server } : server
  check('url', URL.canParse(String(adapter?.url)), 'must be an absolute URL of an event stream')
  const context: ServerContext = { ...adapter, timeout, watch }
  const missing = (['send', 'connections'] as const).filter((ability) => adapter[ability] === undefined)
  const cases = [HEAD, FORMAT, EVENTS, RESUME, READERS].flat().map(oneAtATime())
  return createSuite({ name: 'server', cases, context, without: [...without, ...missing], abilities: ABILITIES })
}
