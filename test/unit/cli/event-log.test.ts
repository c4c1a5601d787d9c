import { describe, expect, it } from 'vitest'
import { EventLog } from '../../../src/cli/serve/event-log.js'

function logOf(count: number, options?: ConstructorParameters<typeof EventLog>[0]): EventLog {
  const log = new EventLog(options)
  for (let number = 1; number <= count; number++) log.append({ data: String(number) })
  return log
}

describe('EventLog', () => {
  it('numbers events from 1, and goes on whatever is dropped', () => {
    const log = logOf(5, { limit: 2 })
    expect([log.first, log.last]).toEqual([4, 5])
    expect([log.at(3), log.at(4)?.message.data, log.at(6)]).toEqual([undefined, '4', undefined])
    log.trim(0)
    expect([log.first, log.last]).toEqual([6, 5])
    expect(log.append({ data: 'x' })).toMatchObject({ number: 6, id: '6' })
  })

  it('keeps ids of events, and gives none twice', () => {
    const log = new EventLog()
    const ids = [{ id: 'a' }, {}, { id: 'a' }, { id: '2' }, { id: '' }].map(
      (more) => log.append({ data: '', ...more }).id,
    )
    expect(ids).toEqual(['a', '2', '3', '4', '5'])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says where a reader goes on, and where that is gone', () => {
    const log = logOf(10, { limit: 4 })
    expect(log.placeOf('')).toEqual({ next: 7 })
    expect(log.placeOf('8')).toEqual({ next: 9 })
    expect(log.placeOf('10')).toEqual({ next: 11 })
    // Its own event is gone, and the next is not: nothing is missing.
    expect(log.placeOf('6')).toEqual({ next: 7 })
    expect(log.placeOf('5')).toEqual({ next: 7, gap: 'trimmed' })
    expect(log.placeOf('11')).toEqual({ next: 7, gap: 'unknown' })
    expect(log.placeOf('x')).toEqual({ next: 7, gap: 'unknown' })
  })

  it('knows the ids of an earlier process as foreign', () => {
    const log = logOf(3, { prefix: 'b-', limit: 1 })
    expect(log.placeOf('b-3')).toEqual({ next: 4 })
    expect(log.placeOf('b-1')).toEqual({ next: 3, gap: 'trimmed' })
    expect(log.placeOf('a-3')).toEqual({ next: 3, gap: 'unknown' })
    expect(log.placeOf('3')).toEqual({ next: 3, gap: 'unknown' })
  })

  it('wakes all who wait, at an event, at the end, and when they leave', async () => {
    const log = new EventLog()
    const stay = new AbortController().signal
    const two = Promise.all([log.more(stay), log.more(stay)])
    log.append({ data: '' })
    await two
    const left = new AbortController()
    const leaving = log.more(left.signal)
    left.abort()
    await leaving
    await log.more(AbortSignal.abort())
    const last = log.more(stay)
    log.end()
    await last
    expect(log.ended).toBe(true)
  })

  it('moves what it holds now and then only, whatever is appended', () => {
    const log = logOf(50_000, { limit: 10 })
    expect([log.first, log.last, log.at(50_000)?.message.data]).toEqual([49_991, 50_000, '50000'])
    expect((log as unknown as { _entries: unknown[] })._entries.length).toBeLessThan(2100)
  })
})
