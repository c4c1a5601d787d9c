import { expect, it } from 'vitest'
import { PageSize } from '../../../src/redis/page-size.js'

it.each([
  [100, 655],
  [10_000, 7],
  [1_000_000, 1],
  [1, 1000],
])('entries of %i bytes: %i for 64 KiB', (size, expected) => {
  const page = new PageSize(64 * 1024)
  const bytes = page.count * size
  page.learn(page.count, bytes)
  expect(page.count).toBe(expected)
  page.learn(page.count, page.count * size)
  expect(page.count, 'and stays').toBe(expected)
})

it('learns nothing from nothing', () => {
  const page = new PageSize(1000)
  const { count } = page
  page.learn(0, 0)
  expect(page.count).toBe(count)
  page.learn(1, 0)
  expect(page.count).toBe(1000)
})
