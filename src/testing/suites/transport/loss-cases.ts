import { expectSame, expectThat } from '../suite.js'
import { message, numbersOf, PLENTY, publishHeard, range, readAll, needing, transportCase } from './transport-trial.js'

const FEW = { ...PLENTY, size: 4 }

export const LOSSES = [
  transportCase(
    'trim: what is forgotten is told, and nothing is skipped',
    'has is true where every entry after the id can still be had; range gives all of them, or undefined.',
    async (trial) => {
      const subscribed = await trial.start(FEW)
      const { transport, start } = subscribed
      const messages = range(1, 20).map((n) => message(n))
      const ids = [start, ...(await publishHeard(subscribed, messages))]
      await trial.adapter.forget?.(transport, ids[10]!)
      for (const [from, id] of ids.slice(0, -1).entries()) {
        const held = await transport.has(id)
        const entries = await readAll(trial, transport, [id, ids[20]!])
        if (entries) expectSame(`after ${from}`, numbersOf(entries), range(from + 1, 20 - from))
        else expectThat(from < 20 - FEW.size || held !== true, `position ${from} is had, and cannot be replayed`)
        if (held === true) expectThat(entries !== undefined, `position ${from} is had, and cannot be replayed`)
        if (from >= 20 - FEW.size) expectSame(`has position ${from}, within the limits`, held, true)
        else if (from < 10 && trial.adapter.forget) expectThat(held !== true, `position ${from}, forgotten, is had`)
      }
    },
  ),
  transportCase(
    'trim: under a reader that is being given pages',
    'Where an entry is gone between two pages, range gives undefined: nothing is skipped in silence.',
    async (trial) => {
      const subscribed = await trial.start({ ...PLENTY, size: 60 })
      const { transport, heard, start } = subscribed
      const pad = 'x'.repeat(4000)
      const publish = async (from: number, count: number): Promise<unknown> =>
        publishHeard(
          subscribed,
          range(from, count).map((n) => ({ event: 'e', data: JSON.stringify({ n, pad }), json: true })),
        )
      await publish(1, 60)
      const upTo = heard.ids.at(-1)!
      const page = await transport.range(start, upTo)
      expectThat(page !== undefined, 'the first page could not be had')
      expectThat(page.position !== upTo, 'all of 240 KB came in one page')
      const got = page.entries.length
      await publish(61, 59)
      await trial.adapter.forget?.(transport, heard.ids[got + 5]!)
      const rest = await readAll(trial, transport, [page.position, upTo])
      if (rest) expectSame('the rest', numbersOf(rest), range(got + 1, 60 - got))
      else expectThat((await transport.has(page.position)) !== true, 'a place that cannot be replayed is had')
    },
  ),
  needing(
    ['lose'],
    transportCase(
      'reset: told, at no place before those that were given',
      'Where continuity is lost, onReset gives a position that is after all that was delivered; entries follow it.',
      async (trial) => {
        const { transport, heard, start, ids: published } = await trial.filled(5)
        const ids = [start, ...published]
        await trial.adapter.lose!(transport)
        await heard.until('onReset was not called again', () => heard.positions.length >= 2)
        const last = await transport.publish(message(6))
        await heard.until('entry 6', () => heard.ids.includes(last))
        const position = heard.positions.at(-1)!
        for (const id of ids) {
          expectThat(transport.compare(position, id) >= 0, `the new position ${position} is before ${id}`)
          const held = await trial.soon('has', transport.has(id))
          const entries = held === true ? await readAll(trial, transport, [id, last]) : undefined
          if (held === true && id !== position)
            expectThat(entries?.at(-1)?.id === last, `${id} is had, and is not replayed`)
        }
        expectSame('has the new position', await transport.has(position), true)
        expectSame('each once', new Set(heard.ids).size, heard.ids.length)
        const after = await readAll(trial, transport, [position, last])
        expectSame('what follows the new position', after && numbersOf(after), [6])
      },
    ),
  ),
]
