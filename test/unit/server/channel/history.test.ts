import { describe, expect, it } from 'vitest'
import { createEntry, type Entry } from '../../../../src/server/channel/entry.js'
import { History } from '../../../../src/server/channel/history.js'

const compare = (a: string, b: string): number => Number(a) - Number(b)
const NONE = { size: Infinity, maxAge: Infinity, maxBytes: Infinity }

/** Of a topic, which a letter names. */
const of = (topic: string, n: number): Entry =>
  createEntry(String(n), { event: 'e', data: 'x', json: false, topic, key: `key ${n}` })

const entryOf = (n: number, length = 10, ephemeral = false): Entry =>
  createEntry(String(n), { event: 'e', data: 'x'.repeat(length), json: false, ephemeral })

function ids(history: History, after: string, upTo: string): string[] | undefined {
  return history.page(after, upTo)?.entries.map(({ id }) => id)
}

describe('what a history holds', () => {
  it('is the last entries, by count', () => {
    const history = new History({ ...NONE, size: 3 }, { compare, now: () => 0, start: '0' })
    expect(history.start).toBe('0')
    for (let n = 1; n <= 10; n++) history.push(entryOf(n))
    expect(history.start).toBe('7')
    expect(ids(history, '7', '10')).toEqual(['8', '9', '10'])
    expect(history.page('6', '10')).toBe(undefined)
  })

  it('is none where the size is 0', () => {
    const history = new History({ ...NONE, size: 0 }, { compare, now: () => 0, start: '0' })
    history.push(entryOf(1))
    expect(history.start).toBe('1')
    expect(history.page('0', '1')).toBe(undefined)
  })

  it('is bounded by bytes on the wire', () => {
    const { byteLength } = entryOf(1).wire
    const history = new History({ ...NONE, maxBytes: 2 * byteLength }, { compare, now: () => 0, start: '0' })
    for (let n = 1; n <= 5; n++) history.push(entryOf(n))
    expect(history.start).toBe('3')
    history.push(entryOf(6, 10_000))
    expect(history.start).toBe('6')
    history.push(entryOf(7))
    expect(ids(history, '6', '7')).toEqual(['7'])
  })

  it('is bounded by age, also while nothing is pushed', () => {
    let now = 0
    const history = new History({ ...NONE, maxAge: 100 }, { compare, now: () => now, start: '0' })
    history.push(entryOf(1))
    now = 60
    history.push(entryOf(2))
    now = 100
    expect(history.start).toBe('0')
    now = 101
    expect(history.start).toBe('1')
    now = 161
    expect(history.start).toBe('2')
    expect(history.page('1', '2')).toBe(undefined)
  })

  it('does not have ephemeral entries', () => {
    const history = new History({ ...NONE, size: 2 }, { compare, now: () => 0, start: '0' })
    history.push(entryOf(1))
    history.push(entryOf(2, 10, true))
    history.push(entryOf(3))
    history.push(entryOf(4, 10, true))
    expect(history.start).toBe('0')
    expect(ids(history, '0', '4')).toEqual(['1', '3'])
    expect(ids(history, '2', '4')).toEqual(['3'])
    expect(ids(history, '3', '4')).toEqual([])
  })

  it('stays bounded over a long life', () => {
    const history = new History({ ...NONE, size: 10 }, { compare, now: () => 0, start: '0' })
    for (let n = 1; n <= 5000; n++) {
      history.push(entryOf(n))
      if (n > 10) expect(history.start).toBe(String(n - 10))
    }
  })
})

describe('pages of a history', () => {
  it('end after some 32 KiB, at the same places wherever they begin', () => {
    const history = new History(NONE, { compare, now: () => 0, start: '0' })
    for (let n = 1; n <= 200; n++) history.push(entryOf(n, 1000))
    const ends = (after: string): string[] => {
      const all: string[] = []
      for (let cursor = after; cursor !== '200'; all.push(cursor)) cursor = history.page(cursor, '200')!.position
      return all
    }
    const fromStart = ends('0')
    expect(fromStart.length).toBeGreaterThan(5)
    for (const after of ['1', '17', '30']) expect(ends(after)).toEqual(fromStart)
    expect(ends('100')).toEqual(fromStart.filter((id) => Number(id) > 100))
  })

  it('have an entry that is larger than a page', () => {
    const history = new History(NONE, { compare, now: () => 0, start: '0' })
    for (let n = 1; n <= 3; n++) history.push(entryOf(n, 100_000))
    expect(history.page('0', '3')).toMatchObject({ position: '1' })
    expect(history.page('1', '3')).toMatchObject({ position: '2' })
    expect(history.page('2', '3')).toMatchObject({ position: '3' })
  })

  it('do not go beyond what is asked for', () => {
    const history = new History(NONE, { compare, now: () => 0, start: '0' })
    for (let n = 1; n <= 5; n++) history.push(entryOf(n))
    expect(history.page('1', '3')).toMatchObject({ position: '3', entries: [{ id: '2' }, { id: '3' }] })
  })
})

describe('a share of each topic below the size', () => {
  const fill = (): History => {
    const history = new History({ ...NONE, size: 10, perTopic: 2 }, { compare, now: () => 0, start: '0' })
    history.push(of('q', 1))
    for (let n = 2; n <= 9; n++) history.push(of('b', n))
    history.push(entryOf(10))
    return history
  }

  it('lets the oldest of a busy topic go, and none of a quiet one', () => {
    const history = fill()
    expect([1, 7, 8, 9, 10].map((n) => history.holds(String(n)))).toEqual([true, false, true, true, true])
    const page = history.page('0', '10', new Set(['q']))
    expect(page?.entries.map(({ id }) => id)).toEqual(['1', '8', '9', '10'])
    expect([history.covers('0', new Set(['q'])), history.covers('6', new Set(['b']))]).toEqual([true, false])
    expect([history.covers('7', new Set(['b'])), history.covers('6', undefined)]).toEqual([true, false])
    expect([history.idOf('key 1'), history.idOf('key 7'), history.idOf('key 8')]).toEqual(['1', undefined, '8'])
  })

  it('counts what it let go neither for the size nor twice', () => {
    const history = fill()
    for (let n = 11; n <= 16; n++) history.push(of(`t${n}`, n))
    // 1, 8, 9, 10 and six more: ten.
    expect(history.holds('1')).toBe(true)
    history.push(of('t17', 17))
    expect([history.holds('1'), history.holds('8')]).toEqual([false, true])
    for (let n = 18; n <= 3000; n++) history.push(of('b', n))
    const page = history.page('2998', '3000', new Set(['b']))
    expect(page?.entries.map(({ id }) => id)).toEqual(['2999', '3000'])
    expect(history.holds('17')).toBe(true)
  })
})
