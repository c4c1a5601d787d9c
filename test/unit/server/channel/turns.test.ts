import { expect, it } from 'vitest'
import { createGate } from '../../../../src/server/channel/turns.js'
import { Random } from '../../../support/random.js'
import { SimScheduler } from '../../../support/channel/sim-scheduler.js'

/** So many newcomers at once; the list of those that went on. */
function arrive(gate: () => Promise<void> | undefined, count: number): number[] {
  const through: number[] = []
  const pass = async (n: number): Promise<void> => {
    await gate()
    through.push(n)
  }
  for (let n = 0; n < count; n++) void pass(n)
  return through
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('lets a bounded number of newcomers through in each turn, in the order they came', async () => {
  const scheduler = new SimScheduler(new Random(1))
  const through = arrive(createGate(scheduler, 64), 1000)
  let most = 0
  for (let turns = 0; through.length < 1000; turns++) {
    const before = through.length
    await settle()
    most = Math.max(most, through.length - before)
    scheduler.turn()
    expect(turns).toBeLessThan(100)
  }
  expect(most).toBeLessThanOrEqual(64)
  expect(through).toEqual(Array.from({ length: 1000 }, (_, n) => n))
})

it('counts those that waited among those of their turn', async () => {
  const scheduler = new SimScheduler(new Random(1))
  const gate = createGate(scheduler, 64)
  const first = arrive(gate, 128)
  await settle()
  scheduler.turn()
  const second = arrive(gate, 5)
  await settle()
  expect([first.length, second.length]).toEqual([128, 0])
  scheduler.turn()
  await settle()
  expect(second.length).toBe(5)
})

it('keeps nobody waiting where few come, and asks for no turn where nobody does', async () => {
  const scheduler = new SimScheduler(new Random(1))
  const gate = createGate(scheduler, 64)
  for (let n = 0; n < 10; n++) {
    expect(gate()).toBe(undefined)
    scheduler.turn()
    scheduler.turn()
  }
  const through = arrive(gate, 65)
  for (let turn = 0; turn < 4; turn++) {
    await settle()
    scheduler.turn()
  }
  expect(through.length).toBe(65)
})
