import type { ServerSentEvent } from '../../../wire/types.js'
import { Reader, type ServerContext, type SuiteMessage } from './server-reader.js'
import { expectThat } from '../suite.js'

let marks = 0

/** Sends an event that cannot be taken for another, and waits until `reader` has it. */
async function mark(context: ServerContext, reader: Reader): Promise<number> {
  const data = `mark ${++marks}`
  await context.send!({ data })
  const came = await reader.until(() => reader.events.some((event) => event.data === data))
  expectThat(came, `an event that was sent has not come within ${context.timeout} ms`)
  return reader.events.findIndex((event) => event.data === data)
}

/** Sends `messages` and gives what came of them; `sent` leaves out what the server refused. */
export async function between(
  context: ServerContext,
  messages: readonly SuiteMessage[],
): Promise<{ events: ServerSentEvent[]; sent: SuiteMessage[] }> {
  return Reader.with(context, async (reader) => {
    const start = await mark(context, reader)
    const sent: SuiteMessage[] = []
    for (const message of messages) {
      try {
        await context.send!(message)
        sent.push(message)
      } catch {
        // Refusing is an answer too.
      }
    }
    const end = await mark(context, reader)
    return { events: reader.events.slice(start + 1, end), sent }
  })
}

/** Gives `look` some of the stream. The result says why there was nothing to look at. */
export async function sample(context: ServerContext, look: (reader: Reader) => void): Promise<string | undefined> {
  return Reader.with(context, async (reader) => {
    await context.send?.({ data: 'sample é€😀\nof two lines' })
    await context.send?.({ event: 'sample', data: 'with a type' })
    await reader.until(() => reader.events.length >= 2)
    // Keep-alives belong to the stream as well.
    await new Promise((resolve) => setTimeout(resolve, context.watch))
    if (reader.bytes.length === 0) return `the server sent nothing within ${context.timeout} ms`
    look(reader)
    return undefined
  })
}

/** What a reader knew, missed and got: the data of events the suite sent, the ids of others. */
export interface Resumption {
  /** Up to the one it named in Last-Event-ID. */
  known: string[]
  /** After that, up to the last one that could be expected. */
  missed: string[]
  /** After it came back, of those above. */
  got: string[]
}

const HISTORY = 4

/** Reads some events, comes back with the id of the second, and gives `check` what came. */
export async function missedAfter(
  context: ServerContext,
  check: (resumption: Resumption) => void,
): Promise<string | undefined> {
  const { send } = context
  const name = ({ data, id }: ServerSentEvent): string => (send ? data : id)
  const sent = (what: string, count: number): string[] => Array.from({ length: count }, () => `${what} ${++marks}`)

  const history = sent('history', HISTORY)
  const seen = await Reader.with(context, async (reader) => {
    const mine = (): ServerSentEvent[] => reader.events.filter((event) => !send || history.includes(name(event)))
    for (const data of history) await send?.({ data })
    await reader.until(() => mine().length >= HISTORY)
    return mine()
  })
  const ids = new Set(seen.map(({ id }) => id))
  if (seen.length < HISTORY) return `${seen.length} events came within ${context.timeout} ms, too few to resume`
  if (ids.has('') || ids.size < seen.length) return 'the server does not give every event an id'

  // Sent while nobody listens: what comes back must have them too.
  const away = send ? sent('away', 2) : []
  for (const data of away) await send!({ data })
  const [known, missed] = [seen.slice(0, 2).map(name), [...seen.slice(2).map(name), ...away]]
  return Reader.with(
    context,
    async (reader) => {
      const last = missed.at(-1)!
      await reader.until(() => reader.events.some((event) => name(event) === last))
      // A live event after them: whatever is to come twice has come by then.
      if (send) await mark(context, reader)
      check({
        known,
        missed,
        got: reader.events.map(name).filter((each) => known.includes(each) || missed.includes(each)),
      })
      return undefined
    },
    seen[1]!.id,
  )
}
