import { SECTION } from '../sections.js'
import { expectSame } from '../suite.js'
import { poll, Reader, request, type ServerCase, type ServerContext } from './server-reader.js'

const CONNECTIONS = ['connections']

/** How many readers the server holds once it has noticed that those of other cases have left. */
async function settledCount({ connections, watch, timeout }: ServerContext): Promise<number> {
  let last = await connections!()
  let since = performance.now()
  await poll(async () => {
    const now = await connections!()
    if (now !== last) since = performance.now()
    last = now
    return performance.now() - since > watch
  }, timeout)
  return last
}

/** Waits until the server counts `count` readers. */
async function counts(context: ServerContext, count: number, when: string): Promise<void> {
  let last = Number.NaN
  await poll(async () => (last = await context.connections!()) === count, context.timeout)
  expectSame(`connections ${when}`, last, count)
}

export const READERS: readonly ServerCase[] = [
  {
    name: 'a reader that leaves is let go',
    rule: 'A connection that is closed by its reader is over; nothing may be kept for it.',
    section: SECTION.incomplete,
    needs: CONNECTIONS,
    run: async (context) => {
      const before = await settledCount(context)
      const readers = await Promise.all(Array.from({ length: 5 }, () => Reader.open(context)))
      await counts(context, before + 5, 'while five more read').finally(() =>
        Promise.all(readers.map((reader) => reader.close())),
      )
      await counts(context, before, 'after they left')
    },
  },
  {
    name: 'a reader that leaves before the answer is let go',
    rule: 'A connection may be closed at any time, also while the server is still at work on the answer.',
    section: SECTION.incomplete,
    needs: CONNECTIONS,
    run: async (context) => {
      const before = await settledCount(context)
      for (const wait of [0, 2, 5, 10, 20]) {
        const abort = new AbortController()
        const answer = request(context, abort.signal).then((response) => response.body?.cancel())
        await new Promise((resolve) => setTimeout(resolve, wait))
        abort.abort()
        await answer.catch(() => {})
      }
      await new Promise((resolve) => setTimeout(resolve, context.watch))
      await counts(context, before, 'after five readers left early')
    },
  },
]
