import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
// @ts-expect-error It has no types.
import { stale as untyped } from '../interop/lib/page.mjs'

const stale = untyped as (results: unknown, page: string) => string[]
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')

const results = JSON.parse(read('../interop/results.json')) as { peers: { npm?: string[]; versions: object }[] }
const page = read('../../docs/interop.md')

it('docs/interop.md tells of the last full run, with the versions that are pinned', () => {
  expect(stale(results, page)).toEqual([])
})

it('a page that was changed by hand is found, and so is a package that was not tried since its update', () => {
  expect(stale(results, page.replace('| yes |', '| no |'))).toHaveLength(1)
  const peers = results.peers.map((peer) =>
    peer.npm?.includes('eventsource') ? { ...peer, versions: { eventsource: '1.0.0' } } : peer,
  )
  expect(stale({ ...results, peers }, page).join()).toContain('eventsource 5')
})
