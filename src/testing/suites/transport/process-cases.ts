import { createChannel } from '../../../server/channel/create-channel.js'
import { expectSame } from '../suite.js'
import { Reader } from './resume-cases.js'
import {
  message,
  needing,
  numbersOf,
  publishMany,
  range,
  readAll,
  transportCase,
  type Subscribed,
  type TransportTrial,
} from './transport-trial.js'

async function both(trial: TransportTrial): Promise<{ here: Subscribed; there: Subscribed }> {
  const here = await trial.start()
  return { here, there: await trial.another(here.transport) }
}

export const PROCESSES = [
  transportCase(
    'two processes: the same entries in the same order',
    'There is one order, which all processes see.',
    async (trial) => {
      const { here, there } = await both(trial)
      const transports = [here.transport, there.transport]
      const publish = async (from: number): Promise<void> => {
        for (let n = from; n < from + 10; n++) await transports[n % 2]!.publish(message(n))
      }
      await Promise.all([publish(0), publish(10), publish(20)])
      for (const { heard } of [here, there]) await heard.until('30 entries', () => heard.entries.length >= 30)
      expectSame('the order there', there.heard.ids, here.heard.ids)
      expectSame('each once', new Set(here.heard.ids).size, 30)
    },
  ),
  transportCase(
    'two processes: an id of one is a place of the other',
    'A reader resumes at any process.',
    async (trial) => {
      const here = await trial.start()
      const ids = await publishMany(here.transport, 1, 10)
      // It starts when all of that is there already.
      const there = await trial.another(here.transport)
      const last = await there.transport.publish(message(11))
      await there.heard.until('entry 11', () => there.heard.ids.includes(last))
      for (const [index, id] of ids.entries()) {
        expectSame(`has ${index + 1}`, await there.transport.has(id), true)
        const entries = await readAll(trial, there.transport, [id, last])
        expectSame(`after ${index + 1}`, entries && numbersOf(entries), range(index + 2, 10 - index))
      }
    },
  ),
  transportCase(
    'two processes: a reader that goes from one to the other',
    'A reader that is ahead of a process waits there; it is given nothing twice, and no gap.',
    async (trial) => {
      const first = await trial.open()
      const other = await trial.adapter.another!(first)
      const channels = [first, other].map((transport) => createChannel({ transport, heartbeat: 0, onError() {} }))
      try {
        const reader = new Reader()
        await trial.soon('a position', reader.read(channels[0]!, 0))
        const got: number[] = []
        for (let n = 1; n <= 30; n++) {
          await channels[n % 2]!.publish('e', { n })
          // It comes to one of them right after it was given an event by the other.
          const [data] = await trial.soon(`event ${n}`, reader.read(channels[(n >> 1) % 2]!, 1))
          got.push((JSON.parse(data!) as { n: number }).n)
        }
        expectSame('the events', got, range(1, 30))
      } finally {
        await Promise.all(channels.map((channel) => channel.close()))
      }
    },
  ),
  transportCase(
    'two processes: a key counts for both',
    'An event that another process publishes again is one.',
    async (trial) => {
      const { here, there } = await both(trial)
      const key = crypto.randomUUID()
      const first = await here.transport.publish(message(1, { key }))
      expectSame('the id there', await there.transport.publish(message(1, { key })), first)
      const last = await here.transport.publish(message(2))
      await there.heard.until('entry 2', () => there.heard.ids.includes(last))
      expectSame('delivered', numbersOf(there.heard.entries), [1, 2])
    },
  ),
].map((each) => needing(['another'], each))
