import { expectSame, expectThat } from '../suite.js'
import { storeCase } from './store-trial.js'
import type { RunStore } from '../../../runs/run-store.js'

const RECORDS = [
  '',
  'a',
  'a\0b',
  '\0',
  'a\r\nb\n',
  ' \t',
  '"\\\'',
  '💥',
  '\ufeffx',
  '\u2028',
  'null',
  '{"a":1}',
  '0'.repeat(100_000),
]

/** Reads page by page. */
async function readAll(store: RunStore, key: string): Promise<string[]> {
  const records: string[] = []
  for (;;) {
    const view = await store.read(key, records.length)
    expectThat(view !== undefined, 'the run is gone')
    if (view.count === records.length) return records
    expectThat(view.records.length > 0, 'a page was empty where there was more')
    records.push(...view.records)
  }
}

export const RECORDINGS = [
  storeCase(
    'append: records come back in order, as they were',
    'A record is a text that the store gives back as it was.',
    async (trial) => {
      const { store, other, key, claim } = trial
      const token = await claim(key())
      expectSame('append', await store.append(key(), token, 0, RECORDS), 'running')
      for (const [n, record] of RECORDS.entries()) {
        expectSame('append', await store.append(key(), token, RECORDS.length + n, [record]), 'running')
      }
      expectSame('records', await readAll(other, key()), [...RECORDS, ...RECORDS])
    },
  ),
  storeCase(
    'append: only after what is there',
    'Records are added after the first count, or not at all.',
    async (trial) => {
      const { store, other, key, claim } = trial
      const token = await claim(key())
      await store.append(key(), token, 0, ['a', 'b'])
      for (const count of [0, 1, 3]) {
        expectSame(`append after ${count}`, await store.append(key(), token, count, ['x']), 'lost')
      }
      expectSame('append', await store.append(key(), token, 2, ['c']), 'running')
      expectSame('records', await readAll(other, key()), ['a', 'b', 'c'])
    },
  ),
  storeCase('append: not by another token', 'Only the producer of a run adds to it.', async (trial) => {
    const { store, other, key, token, claim } = trial
    await claim(key())
    expectSame('append', await other.append(key(), token(), 0, ['x']), 'lost')
    expectSame('renew', await other.renew(key(), token()), 'lost')
    expectSame('end', await other.end(key(), token(), 'done'), undefined)
    expectSame('append where there is no run', await store.append(key('none'), token(), 0, ['x']), 'lost')
    const view = await store.read(key(), 0)
    expectSame('the run', [view?.state, view?.count], ['running', 0])
  }),
  storeCase('read: what follows, and the count', 'read gives the records after the first count.', async (trial) => {
    const { store, other, key, claim } = trial
    expectSame('no run', await store.read(key(), 0), undefined)
    const token = await claim(key())
    await store.append(key(), token, 0, ['a', 'b', 'c'])
    for (const [count, records] of [
      [0, ['a', 'b', 'c']],
      [1, ['b', 'c']],
      [3, []],
      [4, []],
      [Infinity, []],
    ] as const) {
      const view = await other.read(key(), count)
      expectSame(
        `after ${count}`,
        [view?.token, view?.state, view?.count, view?.records],
        [token, 'running', 3, records],
      )
    }
    const lease = (await other.read(key(), 0))!.lease
    expectThat(lease > 0 && lease <= 60_000, `the lease left is ${lease}`)
  }),
  storeCase('read: large runs in pages', 'A page has some 256 KiB, and at least one record.', async (trial) => {
    const { store, other, key, claim } = trial
    const token = await claim(key())
    const records = Array.from({ length: 24 }, (_, n) => `${n}-`.padEnd(n === 3 ? 400_000 : 50_000, 'x'))
    for (const [n, record] of records.entries()) await store.append(key(), token, n, [record])
    const first = await other.read(key(), 0)
    expectThat(first!.records.length > 0 && first!.records.length < records.length, 'all of 1.5 MB came in one page')
    expectSame('one that is larger than a page', (await other.read(key(), 3))!.records[0]!.length, 400_000)
    expectSame(
      'all',
      (await readAll(other, key())).map((record) => record.length),
      records.map((record) => record.length),
    )
  }),
  storeCase('end: nothing is added after it', 'What a run holds does not change after its end.', async (trial) => {
    const { store, other, key, claim } = trial
    for (const state of ['done', 'failed', 'stopped', 'lost'] as const) {
      const name = key(state)
      const token = await claim(name)
      await store.append(name, token, 0, ['a'])
      expectSame('end', await store.end(name, token, state), 'running')
      expectSame('append', await store.append(name, token, 1, ['x']), state)
      expectSame('renew', await store.renew(name, token), state)
      expectSame('a second end', await other.end(name, token, 'done'), state)
      const view = await other.read(name, 0)
      expectSame('the run', [view?.state, view?.records, view?.lease], [state, ['a'], 0])
    }
    expectSame('no run', await store.end(key('none'), undefined, 'stopped'), undefined)
  }),
  storeCase(
    'end: from another instance',
    'stop works from any process; the producer is refused from then on.',
    async (trial) => {
      const { store, other, key, claim, until } = trial
      const token = await claim(key())
      let woken = 0
      const unwatch = store.watch(key(), token, 'end', () => woken++)
      try {
        expectSame('end', await other.end(key(), undefined, 'stopped'), 'running')
        await until('the producer is woken', () => woken > 0)
        expectSame('append', await store.append(key(), token, 0, ['late']), 'stopped')
        expectSame('a second stop', await other.end(key(), undefined, 'stopped'), 'stopped')
      } finally {
        unwatch()
      }
    },
  ),
]
