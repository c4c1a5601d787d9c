import { expect, it } from 'vitest'
import { Losses as LossesOf } from '../../../../src/server/channel/losses.js'

type Place = [id: string, serial: number]

/** Of a history that starts at `'start'`. */
class Losses extends LossesOf<Place> {
  constructor(size: number) {
    super(size, ['start', -1], ([, a], [, b]) => a - b)
  }
}

it('the oldest of very many topics become one floor for all, which tells a gap rather than none', () => {
  // 2 events: 20 topics are remembered, of which the oldest two go at once.
  const losses = new Losses(2)
  for (let n = 1; n <= 20; n++) losses.add(`topic ${n}`, [`id ${n}`, n])
  expect(losses.last(new Set(['other']))[0]).toBe('start')
  losses.add('topic 21', ['id 21', 21])
  for (const topic of ['topic 1', 'topic 2', 'other']) expect(losses.last(new Set([topic]))[0]).toBe('id 2')
  expect(losses.last(new Set(['topic 3']))[0]).toBe('id 3')
  expect(losses.last(new Set(['topic 3', 'topic 21']))[0]).toBe('id 21')
  expect(losses.last()[0]).toBe('id 21')
})

it('a topic that lost an event lately is not the oldest', () => {
  const losses = new Losses(1)
  for (let n = 1; n <= 10; n++) losses.add(`topic ${n}`, [`id ${n}`, n])
  losses.add('topic 1', ['id 11', 11])
  losses.add('topic 11', ['id 12', 12])
  expect(losses.last(new Set(['topic 1']))[0]).toBe('id 11')
  expect(losses.last(new Set(['topic 2']))[0]).toBe('id 2')
  expect(losses.last(new Set(['other']))[0]).toBe('id 2')
})

it('what was for all is lost for readers of any topic, and order counts, not the time of the call', () => {
  const losses = new Losses(10)
  losses.add(undefined, ['id 5', 5])
  losses.add(undefined, ['id 3', 3])
  losses.add('a', ['id 4', 4])
  expect(losses.last(new Set())[0]).toBe('id 5')
  expect(losses.last(new Set(['a']))[0]).toBe('id 5')
  expect(losses.last()[0]).toBe('id 5')
})
