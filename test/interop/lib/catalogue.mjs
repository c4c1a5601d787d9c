import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const here = join(dirname(fileURLToPath(import.meta.url)), '..')
export const root = join(here, '../..')

export const KINDS = ['reader', 'server', 'between']

/** All peers, each with the name of its file. */
export async function catalogue() {
  const files = readdirSync(join(here, 'peers'), { recursive: true }).filter((file) => file.endsWith('.mjs'))
  const peers = await Promise.all(
    files.toSorted().map(async (file) => {
      const path = join(here, 'peers', file)
      const { default: peer } = await import(pathToFileURL(path).href)
      return { ...peer, id: file.replace(/^.*\//, '').replace(/\.mjs$/, ''), file: path }
    }),
  )
  return peers.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.order ?? 50) - (b.order ?? 50))
}

/** The version of an npm package that the package.json of this folder pins. */
export function pinned(name) {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
  const version = dependencies[name]
  if (version === undefined) throw new Error(`${name} is not in test/interop/package.json`)
  return version.replace(/^npm:.*@/, '')
}
