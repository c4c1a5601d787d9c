import { createEntry, type TransportMessage } from '../../../server/channel/entry.js'
import { expectSame, expectThat } from '../suite.js'
import { expectOrder, message, numbersOf, publishMany, range, readAll, transportCase } from './transport-trial.js'

const LONGEST_ID = 256

export const ORDER = [
  transportCase(
    'order: first a position, then each entry once and in order',
    'onReset says where delivery begins; each entry follows once, in the order of the ids.',
    async (trial) => {
      const { transport, heard, start, ids } = await trial.filled(20)
      expectSame('the ids delivered', heard.ids, ids)
      expectSame('the numbers', numbersOf(heard.entries), range(1, 20))
      expectOrder(transport, [start, ...ids])
      expectSame('positions', heard.positions, [start])
    },
  ),
  transportCase(
    'order: calls that do not wait for each other',
    'Order is that of the calls, within one process.',
    async (trial) => {
      const { transport, heard } = await trial.start()
      const ids = await Promise.all(range(1, 50).map(async (n) => transport.publish(message(n))))
      await heard.until('50 entries', () => heard.entries.length >= 50)
      expectSame('the numbers', numbersOf(heard.entries), range(1, 50))
      expectSame('the ids', heard.ids, ids)
      expectOrder(transport, ids)
    },
  ),
  transportCase(
    'order: nothing from before the position',
    'Entries after the first position follow, and none from before.',
    async (trial) => {
      const transport = await trial.open()
      const before = await publishMany(transport, 1, 3)
      const { heard, start } = await trial.subscribe(transport)
      await publishMany(transport, 4, 2)
      await heard.until('entry 5', () => numbersOf(heard.entries).includes(5))
      const early = heard.ids.filter((id) => transport.compare(id, start) <= 0)
      expectSame('entries from before the position', early, [])
      expectSame('has the first', await transport.has(before[0]!), true)
      const entries = await readAll(trial, transport, [before[0]!, heard.ids.at(-1)!])
      expectSame('what follows the first', entries && numbersOf(entries), range(2, 4))
    },
  ),
  transportCase('ids: text that an event can carry', 'An id fits the id field of an event.', async (trial) => {
    const { transport, start, ids } = await trial.filled(3)
    for (const id of [start, ...ids]) {
      expectThat(/^[!-~]+$/.test(id), `the id ${JSON.stringify(id)} has other characters than visible ASCII`)
      expectThat(id.length <= LONGEST_ID, `the id ${id} has more than ${LONGEST_ID} characters`)
      expectSame(`has ${id}`, await transport.has(id), true)
    }
    expectSame('ids that are there twice', ids.length - new Set(ids).size, 0)
  }),
  transportCase('entries: all that was published', 'An entry is its message, with an id.', async (trial) => {
    const { transport, heard } = await trial.start()
    const sent: TransportMessage[] = [
      message(1),
      message(2, { topic: 'a topic, with "marks" and ümlauts', conflateKey: '' }),
      message(3, { ephemeral: true, conflateKey: 'k' }),
      { event: 'message', data: '', json: false },
      { event: 'naïve 名', data: 'two\nlines\r\n💥\0', json: false },
    ]
    for (const each of sent) await transport.publish(each)
    await heard.until('all entries', () => heard.entries.length >= sent.length)
    for (const [index, each] of sent.entries()) {
      const { event, data, json, topic, conflateKey, ephemeral, id, wire } = heard.entries[index]!
      const got = { event, data, json, topic, conflateKey, ephemeral: Boolean(ephemeral) }
      const wanted = { topic: undefined, conflateKey: undefined, ...each, ephemeral: Boolean(each.ephemeral) }
      for (const key of Object.keys(got) as (keyof typeof got)[]) {
        expectSame(`${key} of message ${index + 1}`, got[key], wanted[key])
      }
      const decoder = new TextDecoder()
      expectSame('the wire', decoder.decode(wire), decoder.decode(createEntry(id, each).wire))
    }
  }),
  transportCase(
    'ephemeral: delivered, not replayed, and a place to resume from',
    'An ephemeral event is for the readers of the moment; range leaves it out.',
    async (trial) => {
      const { transport, heard, start } = await trial.start()
      await transport.publish(message(1))
      const id = await transport.publish(message(2, { ephemeral: true }))
      const last = await transport.publish(message(3))
      await heard.until('3 entries', () => heard.entries.length >= 3)
      expectSame('delivered', numbersOf(heard.entries), [1, 2, 3])
      const all = await readAll(trial, transport, [start, last])
      expectSame('replayed', all && numbersOf(all), [1, 3])
      expectSame('has its id', await transport.has(id), true)
      const after = await readAll(trial, transport, [id, last])
      expectSame('what follows it', after && numbersOf(after), [3])
      const upTo = await readAll(trial, transport, [start, id])
      expectSame('what is up to it', upTo && numbersOf(upTo), [1])
    },
  ),
  transportCase(
    'key: an event that is published again is one',
    'Under the same key, publish gives the id of the first as long as the history holds it.',
    async (trial) => {
      const { transport, heard, start } = await trial.start()
      const key = crypto.randomUUID()
      const first = await transport.publish(message(1, { key }))
      const again = await transport.publish(message(1, { key }))
      const other = await transport.publish(message(2, { key: key.toUpperCase() }))
      const both = await Promise.all([0, 1].map(async () => transport.publish(message(3, { key: `${key}\n💥` }))))
      const last = await transport.publish(message(4))
      await heard.until('entry 4', () => numbersOf(heard.entries).includes(4))
      expectSame('the second id', again, first)
      expectSame('the second of two at once', both[1], both[0])
      expectThat(other !== first, 'another key was taken for the same')
      expectSame('delivered', numbersOf(heard.entries), [1, 2, 3, 4])
      const replayed = await readAll(trial, transport, [start, last])
      expectSame('replayed', replayed && numbersOf(replayed), [1, 2, 3, 4])
    },
  ),
]
