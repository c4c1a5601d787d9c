import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { Ring } from '../../../src/cli/page/ring.js'

describe('Ring', () => {
  test.prop([fc.integer({ min: 1, max: 20 }), fc.array(fc.constantFrom('push', 'clear'), { maxLength: 200 })])(
    'is the end of a list of all that was pushed',
    (limit, steps) => {
      const ring = new Ring<number>(limit)
      const all: (number | undefined)[] = []
      let clearedAt = 0
      for (const step of steps) {
        if (step === 'push') {
          ring.push(all.length)
          all.push(all.length)
        } else {
          ring.clear()
          clearedAt = all.length
        }
        expect(ring.last).toBe(all.length)
        expect(ring.first).toBe(Math.max(clearedAt, all.length - limit))
        for (let number = ring.first; number < ring.last; number++) expect(ring.at(number)).toBe(all[number])
        expect([ring.at(ring.last), ring.at(-1)]).toEqual([undefined, undefined])
      }
    },
  )

  it('holds twice its limit at the most', () => {
    const ring = new Ring<number>(10)
    for (let number = 0; number < 1000; number++) ring.push(number)
    expect((ring as unknown as { _items: unknown[] })._items.length).toBeLessThan(20)
  })
})
