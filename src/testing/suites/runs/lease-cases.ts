import { expectSame, expectThat } from '../suite.js'
import { storeCase } from './store-trial.js'

export const LEASES = [
  storeCase(
    'lease: a run that is not renewed is lost',
    'A run whose lease has run out is lost, by the clock of the store.',
    async (trial) => {
      const { store, other, key, short, claim, until } = trial
      const token = await claim(key(), { lease: short })
      await store.append(key(), token, 0, ['a'])
      await until('it is lost', async () => (await other.read(key(), 0))?.state === 'lost')
      const view = await other.read(key(), 0)
      expectSame('what is kept', [view?.token, view?.records, view?.lease], [token, ['a'], 0])
      expectSame('end', await other.end(key(), undefined, 'stopped'), 'lost')
    },
  ),
  storeCase(
    'lease: a producer that wakes up late is refused',
    'Nothing is taken from a run that was lost.',
    async (trial) => {
      const { store, other, key, short, claim, until } = trial
      const token = await claim(key(), { lease: short })
      await until('it is lost', async () => (await other.read(key(), 0))?.state === 'lost')
      expectSame('renew', await store.renew(key(), token), 'lost')
      expectSame('append', await store.append(key(), token, 0, ['late']), 'lost')
      expectSame('end', await store.end(key(), token, 'done'), 'lost')
      const second = await claim(key())
      expectSame('append, beside a new run', await store.append(key(), token, 0, ['late']), 'lost')
      const view = await other.read(key(), 0)
      expectSame('the new run', [view?.token, view?.state, view?.count], [second, 'running', 0])
    },
  ),
  storeCase('lease: renewed by renew and by append', 'append and renew renew the lease.', async (trial) => {
    const { store, other, key, short, claim } = trial
    const lease = short * 3
    const [renewed, written] = [key('renew'), key('append')]
    const tokens = [await claim(renewed, { lease }), await claim(written, { lease })]
    const start = performance.now()
    let count = 0
    while (performance.now() - start < lease * 2) {
      const before = performance.now()
      const states = [await store.renew(renewed, tokens[0]!), await store.append(written, tokens[1]!, count++, ['a'])]
      await new Promise((resolve) => setTimeout(resolve, short / 2))
      const view = await other.read(renewed, 0)
      // A machine that stood still for longer than the lease proves nothing.
      if (performance.now() - before >= lease) return
      expectSame('states', [...states, view?.state], ['running', 'running', 'running'])
    }
  }),
  storeCase('lease: a lost run is kept, then gone', 'A lost run is kept as others are.', async (trial) => {
    const { store, other, key, short, claim, until } = trial
    const token = await claim(key(), { lease: short, keep: short })
    await until('it is gone', async () => (await other.read(key(), 0)) === undefined)
    expectSame('renew', await store.renew(key(), token), 'lost')
    expectSame('append', await store.append(key(), token, 0, ['late']), 'lost')
  }),
  storeCase('watch: woken by records and by the end', 'wake is called soon after each change.', async (trial) => {
    const { store, other, key, claim, until } = trial
    const token = await claim(key())
    const woken = { records: 0, end: 0 }
    const unwatch = [
      other.watch(key(), token, 'records', () => woken.records++),
      other.watch(key(), token, 'end', () => woken.end++),
    ]
    try {
      for (let n = 0; n < 5; n++) {
        const before = woken.records
        await store.append(key(), token, n, ['a'])
        await until(`a reader is woken by record ${n + 1}`, () => woken.records > before)
      }
      const before = { ...woken }
      await store.end(key(), token, 'done')
      await until('both are woken by the end', () => woken.records > before.records && woken.end > before.end)
    } finally {
      for (const each of unwatch) each()
    }
  }),
  storeCase('watch: woken by forget', 'wake is called after the end of a run, whatever ended it.', async (trial) => {
    const { store, other, key, claim, until } = trial
    const token = await claim(key())
    let woken = 0
    const unwatch = store.watch(key(), token, 'end', () => woken++)
    try {
      await other.forget(key())
      await until('the producer is woken', () => woken > 0)
    } finally {
      unwatch()
    }
  }),
  storeCase('watch: over when it is ended', 'wake is not called after the watch has ended.', async (trial) => {
    const { store, other, key, claim, until } = trial
    const token = await claim(key())
    let [gone, stays] = [0, 0]
    const unwatch = store.watch(key(), token, 'records', () => gone++)
    const unwatchStays = store.watch(key(), token, 'records', () => stays++)
    try {
      unwatch()
      unwatch()
      const before = gone
      await other.append(key(), token, 0, ['a'])
      await until('the other watcher is woken', () => stays > 0)
      expectThat(gone === before, 'it was woken')
    } finally {
      unwatchStays()
    }
  }),
]
