import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../src/runs/memory-store.js'
import type { RunStore } from '../../../src/runs/run-store.js'
import { OptionError } from '../../../src/errors/option-error.js'
import { runStoreSuite } from '../../../src/testing/suites/runs/run-store-suite.js'

const memory = (): RunStore => createMemoryStore(() => performance.now())

describe('runStoreSuite on memory', () => {
  for (const { name, run } of runStoreSuite({ open: memory }, { timeout: 20_000 }).cases) it.concurrent(name, run)
})

/** A memory store with one fault. */
const FAULTS: Record<string, (store: RunStore) => Partial<RunStore>> = {
  'claims what is taken': (store) => ({
    claim: async (key, claim) => (await store.claim(key, claim)) || (await store.forget(key), store.claim(key, claim)),
  }),
  'adds at any count': (store) => ({
    append: async (key, token, _, records) => store.append(key, token, (await store.read(key, 0))?.count ?? 0, records),
  }),
  'does not look at the token of an end': (store) => ({ end: (key, _, state) => store.end(key, undefined, state) }),
  'never loses a lease': (store) => ({ claim: (key, claim) => store.claim(key, { ...claim, lease: 1e9 }) }),
  'keeps for ever': (store) => ({ claim: (key, claim) => store.claim(key, { ...claim, keep: 1e9 }) }),
  'does not renew with records': (store) => ({
    claim: (key, claim) => store.claim(key, { ...claim, lease: claim.lease / 8 }),
  }),
  'forgets nothing': () => ({ forget() {} }),
  'folds keys': (store) => ({
    claim: (key, claim) => store.claim(key.toLowerCase(), claim),
    append: (key, ...rest) => store.append(key.toLowerCase(), ...rest),
    read: (key, count) => store.read(key.toLowerCase(), count),
  }),
  'cuts records at a NUL': (store) => ({
    append: (key, token, count, records) =>
      store.append(
        key,
        token,
        count,
        records.map((record) => record.split('\0')[0]!),
      ),
  }),
  'gives all in one page': (store) => ({
    async read(key, count) {
      const view = await store.read(key, count)
      if (!view) return undefined
      const records = [...view.records]
      while (count + records.length < view.count) {
        records.push(...(await store.read(key, count + records.length))!.records)
      }
      return { ...view, records }
    },
  }),
  'wakes nobody': () => ({ watch: () => () => {} }),
  'wakes after the watch has ended': (store) => ({
    watch: (...args) => (store.watch(...args), () => {}),
  }),
}

describe('runStoreSuite catches a store that', () => {
  // On a machine that stands still a case about time proves nothing, and passes.
  it.concurrent.each(Object.entries(FAULTS))('%s', { retry: 3 }, async (_, fault) => {
    const open = (): RunStore => {
      const store = memory()
      return { ...store, ...fault(store) }
    }
    const { cases } = runStoreSuite({ open }, { timeout: 1000 })
    const results = await Promise.allSettled(cases.map(({ run }) => run()))
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  })
})

it('runStoreSuite: refuses an adapter that opens nothing, and options that do not exist', () => {
  expect(() => runStoreSuite({} as never)).toThrow(OptionError)
  expect(() => runStoreSuite({ open: memory }, { without: [] } as never)).toThrow(OptionError)
})
