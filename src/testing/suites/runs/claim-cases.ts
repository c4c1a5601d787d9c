import { expectSame, expectThat } from '../suite.js'
import { storeCase } from './store-trial.js'

const HOSTILE = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\0',
  '\0a',
  '\t',
  '"',
  "'",
  '\\',
  '\\n',
  '\\u0000',
  '%',
  '_',
  '*',
  '?',
  '[a]',
  '{a}',
  ':',
  '::',
  '__proto__',
  'constructor',
  'toString',
  'a',
  'A',
  'e\u0301',
  '\u00e9',
  '💥',
  '\ud800',
  '\udc00',
  '\ufffd',
  '\ufeff',
  '\u2028',
  'run:',
  'log:',
  'end:',
  '; DROP TABLE x',
  '../..',
  'null',
  '0',
  '-1',
]

/** The first and the last character of a key too. */
const WHOLE = ['__proto__', '\0', '\n', '\ud800', ' ', '💥']

export const CLAIMS = [
  storeCase('claim: of several at once exactly one wins', 'A key has one run at a time.', async (trial) => {
    const { store, other, key, token } = trial
    for (let n = 0; n < 10; n++) {
      const claims = Array.from({ length: 8 }, (_, i) =>
        (i % 2 ? store : other).claim(key(`-${n}`), { token: token(), lease: 60_000, keep: 60_000 }),
      )
      const won = await Promise.all(claims)
      expectSame('how many won', won.filter(Boolean).length, 1)
    }
  }),
  storeCase('claim: refused while a run goes on', 'A key is taken while its run goes on.', async (trial) => {
    const { store, other, key, token, claim } = trial
    const first = await claim(key())
    for (const each of [store, other]) {
      expectSame('claim', await each.claim(key(), { token: token(), lease: 60_000, keep: 60_000 }), false)
    }
    expectSame('the token', (await store.read(key(), 0))?.token, first)
  }),
  storeCase('claim: refused while a run is kept', 'A key is taken while its run is kept.', async (trial) => {
    const { store, other, key, token, claim } = trial
    for (const state of ['done', 'failed', 'stopped'] as const) {
      const name = key(state)
      await store.end(name, await claim(name), state)
      expectSame(
        `claim after ${state}`,
        await other.claim(name, { token: token(), lease: 60_000, keep: 60_000 }),
        false,
      )
      expectSame('state', (await other.read(name, 0))?.state, state)
    }
  }),
  storeCase('claim: a lost run leaves its key', 'The key of a run that was lost is free.', async (trial) => {
    const { store, other, key, claim } = trial
    const first = await claim(key())
    await store.append(key(), first, 0, ['old'])
    await store.end(key(), first, 'lost')
    const second = await claim(key())
    const view = await other.read(key(), 0)
    expectSame('the new run', [view?.token, view?.state, view?.count, view?.records], [second, 'running', 0, []])
    expectSame('append by the old one', await store.append(key(), first, 1, ['late']), 'lost')
    expectSame('the new run, later', (await other.read(key(), 0))?.count, 0)
  }),
  storeCase('keys: any text is a key of its own', 'Keys are any text of 1 to 256 characters.', async (trial) => {
    const { store, other, key, claim } = trial
    const keys = [...HOSTILE.map((text) => key(text)), key().padEnd(256, 'k'), key().padEnd(256, '💥')]
    const tokens: string[] = []
    for (const each of keys) {
      tokens.push(await claim(each))
      expectSame('append', await store.append(each, tokens.at(-1)!, 0, [JSON.stringify(each)]), 'running')
    }
    for (const [n, each] of keys.entries()) {
      const view = await other.read(each, 0)
      expectSame(
        `the run of ${JSON.stringify(each)}`,
        [view?.token, view?.records],
        [tokens[n], [JSON.stringify(each)]],
      )
    }
  }),
  storeCase('keys: a whole key may be hostile', 'Keys are any text of 1 to 256 characters.', async (trial) => {
    const { store, other, claim } = trial
    for (const each of WHOLE) {
      await store.forget(each)
      expectSame(`before ${JSON.stringify(each)}`, await other.read(each, 0), undefined)
      const token = await claim(each)
      expectSame(`the run of ${JSON.stringify(each)}`, (await other.read(each, 0))?.token, token)
      await store.forget(each)
      expectSame(`after ${JSON.stringify(each)}`, await other.read(each, 0), undefined)
    }
  }),
  storeCase(
    'forget: drops the run and its records',
    'After forget the key is free and nothing is kept.',
    async (trial) => {
      const { store, other, key, claim } = trial
      const first = await claim(key())
      await store.append(key(), first, 0, ['a', 'b'])
      await other.forget(key())
      expectSame('read', await store.read(key(), 0), undefined)
      expectSame('append', await store.append(key(), first, 2, ['late']), 'lost')
      expectSame('renew', await store.renew(key(), first), 'lost')
      expectSame('end', await store.end(key(), first, 'done'), undefined)
      expectSame('read', await store.read(key(), 0), undefined)
      await claim(key())
      expectSame('records', (await store.read(key(), 0))?.records, [])
      await other.forget(key('nothing'))
    },
  ),
  storeCase(
    'keep: a run goes when it was kept long enough',
    'A run is kept for keep ms after its end, then gone.',
    async (trial) => {
      const { store, other, key, short, claim, until } = trial
      const token = await claim(key(), { keep: short })
      await store.append(key(), token, 0, ['a'])
      await new Promise((resolve) => setTimeout(resolve, short * 1.5))
      expectSame('while it goes on', (await other.read(key(), 0))?.state, 'running')
      const before = performance.now()
      await store.end(key(), token, 'done')
      const view = await other.read(key(), 0)
      const isEarly = performance.now() - before < short / 2
      expectThat(view?.state === 'done' || !isEarly, 'it was gone before keep was over')
      await until('it is gone', async () => (await other.read(key(), 0)) === undefined)
      expectSame('renew', await store.renew(key(), token), 'lost')
      await claim(key())
    },
  ),
]
