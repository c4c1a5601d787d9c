import { expectSame } from '../suite.js'
import { Listener, message, PLENTY, transportCase } from './transport-trial.js'

/** Turns of microtasks and of the event loop at which it is closed. */
const MOMENTS = [0, 1, 2, 3, 5, 8, 13] as const

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

export const CLOSE = [
  transportCase(
    'close: nothing is delivered after it, and it may come twice',
    'close stops delivery. It may be called more than once.',
    async (trial) => {
      const { transport, heard } = await trial.filled(1)
      await trial.soon('close', transport.close())
      await trial.soon('a second close', transport.close())
      // Whether that is refused or not.
      await trial.soon('publish after close', Promise.allSettled([attempt(() => transport.publish(message(2)))]))
      await turn()
      expectSame('entries', heard.entries.length, 1)
    },
  ),
  transportCase('close: before it was used', 'close may come before subscribe.', async (trial) => {
    const transport = await trial.open()
    await trial.soon('close', transport.close())
    const heard = new Listener(trial.timeout)
    attempt(() => transport.subscribe(heard, PLENTY)).catch(() => {})
    await turn()
    expectSame('entries', heard.entries.length, 0)
  }),
  transportCase(
    'close: at every await',
    'Whatever is under way when it is closed is settled, and nothing is delivered after it.',
    async (trial) => {
      for (const isLong of [false, true]) {
        for (const moment of MOMENTS) {
          const transport = await trial.open()
          const id = await transport.publish(message(0))
          const heard = new Listener(trial.timeout)
          transport.subscribe(heard, PLENTY)
          const calls = [
            attempt(() => transport.publish(message(1))),
            attempt(() => transport.has(id)),
            attempt(() => transport.range(id, id)),
          ]
          for (const call of calls) call.catch(() => {})
          for (let at = 0; at < moment; at++) await (isLong ? turn() : undefined)
          await trial.soon(`close at ${moment}`, transport.close())
          const { length } = heard.entries
          const resets = heard.positions.length
          await trial.soon(`what was under way when it was closed at ${moment}`, Promise.allSettled(calls))
          await turn()
          expectSame('entries after close', heard.entries.length - length, 0)
          expectSame('positions after close', heard.positions.length - resets, 0)
        }
      }
    },
  ),
]

async function attempt<T>(call: () => T | Promise<T>): Promise<T> {
  return call()
}
