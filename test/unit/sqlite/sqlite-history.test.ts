import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createChannel } from '../../../src/server/channel/create-channel.js'
import type { HistoryLimits, Transport } from '../../../src/server/channel/transport.js'
import { sqliteHistory } from '../../../src/sqlite/sqlite-history.js'
import { LIMITS, Recorder, replay, tick } from '../../support/redis/recorder.js'
import { OPENERS, openWal, scratchFile, type OpenDatabase } from '../../support/sqlite.js'
import { transportSuite } from '../../../src/testing/suites/transport/transport-suite.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
})

const file = (): ReturnType<typeof scratchFile> => {
  const scratch = scratchFile()
  closing.push(scratch.remove)
  return scratch
}

describe.each([...OPENERS])('sqliteHistory over %s', (_, open) => {
  const openFile = (path: string): OpenDatabase => {
    const database = openWal(open, path)
    closing.push(() => database.close())
    return database
  }
  const transportAt = (path: string, limits: HistoryLimits = LIMITS): Transport => {
    const transport = sqliteHistory({ database: openFile(path) })
    transport.prepare!(limits)
    closing.push(() => transport.close())
    return transport
  }

  it('resumes exactly over a restart, from every position', async () => {
    const { path } = file()
    const before = transportAt(path)
    const heard = new Recorder(before)
    const start = await heard.placed()
    const ids = [start]
    for (const data of ['a', 'b', 'c']) ids.push(await before.publish(tick(data)))
    const ephemeral = await before.publish({ ...tick('gone'), ephemeral: true })
    await before.close()
    const after = transportAt(path)
    await new Recorder(after).placed()
    const last = await after.publish(tick('d'))
    for (const [n, id] of ids.entries()) {
      expect(await after.has(id)).toBe(true)
      expect(await replay(after, id, last)).toEqual(['a', 'b', 'c', 'd'].slice(n))
    }
    expect(await after.has(ephemeral)).toBe(true)
    expect(await replay(after, ephemeral, last)).toEqual(['d'])
  })

  it('what is published after a restart and before a reader is back is given to it', async () => {
    const { path } = file()
    const options = { heartbeat: 0, onError() {} }
    const before = createChannel({ ...options, transport: transportAt(path) })
    const id = await before.publish('n', 'one')
    await before.close()
    const after = createChannel({ ...options, transport: transportAt(path) })
    await after.publish('n', 'two')
    const response = await after.fetch(new Request('http://x/', { headers: { 'last-event-id': id } }))
    await after.publish('n', 'three')
    const text = response.text()
    await after.close()
    expect([...(await text).matchAll(/^data: (.*)$/gm)].map((m) => m[1])).toEqual(['two', 'three'])
  })

  it('never gives an id of a lost end again, and tells a gap for it', async () => {
    const { path, folder } = file()
    const database = openFile(path)
    const first = sqliteHistory({ database })
    const kept = await first.publish(tick('kept'))
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const copy = join(folder, 'copy.db')
    cpSync(path, copy)
    const lost = await first.publish(tick('lost'))
    await first.close()
    const given = new Set([kept, lost])
    for (let round = 0; round < 2; round++) {
      const restored = join(folder, `restored-${round}.db`)
      cpSync(copy, restored)
      const transport = transportAt(restored)
      const position = await new Recorder(transport).placed()
      expect(await transport.has(kept)).toBe(true)
      expect(await transport.has(lost)).toBe('unknown')
      expect(transport.compare(lost, position)).toBeLessThan(0)
      const id = await transport.publish(tick('new'))
      expect(given.has(id)).toBe(false)
      given.add(id)
      await transport.close()
    }
  })

  it('the newest process takes over; the older one is told, and lets its readers go', async () => {
    const { path } = file()
    const older = createChannel({ heartbeat: 0, onError() {}, transport: transportAt(path) })
    const body = (await older.fetch(new Request('http://x/'))).text()
    await older.publish('n', 'one')
    const newer = transportAt(path)
    const id = await newer.publish(tick('two'))
    await expect(older.publish('n', 'three')).rejects.toMatchObject({ code: 'ERR_SQLITE_TAKEN_OVER', published: 'no' })
    expect(await body).toContain('data: one\n')
    const late = await older.fetch(new Request('http://x/', { headers: { 'last-event-id': id } }))
    expect(await late.text()).not.toContain('data:')
    await older.close()
  })

  it('an older process that publishes nothing notices by itself', async () => {
    const { path } = file()
    const older = createChannel({ heartbeat: 0, onError() {}, transport: transportAt(path) })
    const body = (await older.fetch(new Request('http://x/'))).text()
    await transportAt(path).publish(tick('two'))
    await body
    await older.close()
  })

  it('an event published again under its key is one, over a restart too', async () => {
    const { path } = file()
    const before = transportAt(path)
    const sent = { ...tick('order'), key: 'order-1' }
    const [first, again] = await Promise.all([before.publish(sent), before.publish(sent)])
    expect(again).toBe(first)
    await before.close()
    const after = transportAt(path)
    expect(await after.publish(sent)).toBe(first)
    const last = await after.publish(tick('end'))
    await new Recorder(after).placed()
    expect(await replay(after, first, last)).toEqual(['end'])
  })

  it('trims by size, and a busy topic does not cost the readers of a quiet one their place', async () => {
    const { path } = file()
    const transport = transportAt(path, { ...LIMITS, size: 3 })
    await new Recorder(transport, { ...LIMITS, size: 3 }).placed()
    const quiet = await transport.publish({ ...tick('q'), topic: 'quiet' })
    for (let n = 0; n < 8; n++) await transport.publish({ ...tick('b'), topic: 'busy' })
    expect(await transport.has(quiet, new Set(['quiet']))).toBe(true)
    expect(await transport.has(quiet, new Set(['busy']))).toBe('expired')
    expect(await transport.has(quiet)).toBe('expired')
    await transport.close()
    const after = transportAt(path, { ...LIMITS, size: 3 })
    await new Recorder(after).placed()
    expect(await after.has(quiet, new Set(['quiet']))).toBe(true)
    expect(await after.has(quiet, new Set(['busy']))).toBe('expired')
  })

  it('perTopic bounds what one topic takes', async () => {
    const { path } = file()
    const limits = { ...LIMITS, perTopic: 2 }
    const transport = transportAt(path, limits)
    const start = await transport.publish(tick('all'))
    for (let n = 0; n < 5; n++) await transport.publish({ ...tick(`b${n}`), topic: 'busy' })
    await transport.close()
    const after = transportAt(path, limits)
    await new Recorder(after).placed()
    const last = await after.publish(tick('end'))
    expect(await after.has(start, new Set(['busy']))).toBe('expired')
    expect(await after.has(start, new Set(['other']))).toBe(true)
    let position = start
    const got: string[] = []
    while (position !== last) {
      const page = (await after.range(position, last, new Set(['other'])))!
      got.push(...page.entries.map(({ data }) => data))
      position = page.position
    }
    expect(got).toEqual(['b3', 'b4', 'end'])
  })

  it('a locked file: publish rejects, readers stay, and it goes on when the lock is gone', async () => {
    const { path } = file()
    const database = openFile(path)
    database.exec('PRAGMA busy_timeout = 0')
    const transport = sqliteHistory({ database })
    const heard = new Recorder(transport)
    await transport.publish(tick('one'))
    const other = openFile(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(transport.publish(tick('lost'))).rejects.toMatchObject({ code: 'ERR_SQLITE_FAILED', published: 'no' })
    other.exec('ROLLBACK')
    await transport.publish(tick('two'))
    expect(heard.entries.map(({ data }) => data)).toEqual(['one', 'two'])
    await transport.close()
  })

  it('a full disk: publish rejects, and nothing is half written', async () => {
    const { path } = file()
    const database = openFile(path)
    const transport = sqliteHistory({ database })
    const heard = new Recorder(transport)
    await transport.publish(tick('one'))
    database.exec('PRAGMA max_page_count = 20')
    const big = Array.from({ length: 40 }, () => transport.publish(tick('x'.repeat(4000))))
    for (const each of await Promise.allSettled(big)) expect(each).toMatchObject({ reason: { published: 'no' } })
    database.exec('PRAGMA max_page_count = 100000')
    await transport.publish(tick('two'))
    expect(heard.entries.map(({ data }) => data)).toEqual(['one', 'two'])
    await transport.close()
  })

  const places = new WeakMap<Transport, string>()
  const openAt = (path: string, limits: HistoryLimits): Transport => {
    const transport = transportAt(path, limits)
    places.set(transport, path)
    return transport
  }
  const suite = transportSuite(
    {
      open: (limits) => openAt(file().path, limits),
      reopen: (transport, limits) => openAt(places.get(transport)!, limits),
    },
    { timeout: 20_000 },
  )
  for (const { name, run, skip } of suite.cases) if (skip === undefined) it(name, run)
})

it.each([[{}], [{ database: 1 }], [{ database: {} }], [undefined], [{ database: {}, table: '' }]])(
  'refuses %j',
  (options) => {
    expect(() => sqliteHistory(options as never)).toThrow(/database|table/)
  },
)
