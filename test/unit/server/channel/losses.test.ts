import { expect, it } from 'vitest'
import { Losses } from '../../../../src/server/channel/losses.js'

it('the oldest of very many topics become one floor for all, which tells a gap rather than none', () => {
  // 2 events: 20 topics are remembered, of which the oldest two go at once.
  const losses = new Losses(2, 'start')
  for (let n = 1; n <= 20; n++) losses.add(`topic ${n}`, `id ${n}`, n)
  expect(losses.last(new Set(['other']))).toBe('start')
  losses.add('topic 21', 'id 21', 21)
  for (const topic of ['topic 1', 'topic 2', 'other']) expect(losses.last(new Set([topic]))).toBe('id 2')
  expect(losses.last(new Set(['topic 3']))).toBe('id 3')
  expect(losses.last(new Set(['topic 3', 'topic 21']))).toBe('id 21')
  expect(losses.last()).toBe('id 21')
})

it('a topic that lost an event lately is not the oldest', () => {
  const losses = new Losses(1, 'start')
  for (let n = 1; n <= 10; n++) losses.add(`topic ${n}`, `id ${n}`, n)
  losses.add('topic 1', 'id 11', 11)
  losses.add('topic 11', 'id 12', 12)
  expect(losses.last(new Set(['topic 1']))).toBe('id 11')
  expect(losses.last(new Set(['topic 2']))).toBe('id 2')
  expect(losses.last(new Set(['other']))).toBe('id 2')
})

it('what was for all is lost for readers of any topic, and order counts, not the time of the call', () => {
  const losses = new Losses(10, 'start')
  losses.add(undefined, 'id 5', 5)
  losses.add(undefined, 'id 3', 3)
  losses.add('a', 'id 4', 4)
  expect(losses.last(new Set())).toBe('id 5')
  expect(losses.last(new Set(['a']))).toBe('id 5')
  expect(losses.last()).toBe('id 5')
})
