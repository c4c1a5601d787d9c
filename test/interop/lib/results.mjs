import { execFileSync } from 'node:child_process'
import { pinned } from './catalogue.mjs'
import { versionOf } from './install.mjs'

/** What of these results is not as the peer's file says: a fault of ours, of the peer's, or of the file. */
export function judge(peer, exchanges, only) {
  const faults = []
  for (const { exchange, status, text, failure } of exchanges) {
    if (failure) {
      faults.push(failure)
      continue
    }
    const known = peer.differs?.[exchange]
    const needs = peer.needs?.some(({ exchanges: names }) => names.includes(exchange))
    if (status === 'no' && known === undefined) faults.push(`${exchange}: ${text}`)
    if (status === 'yes' && known !== undefined) faults.push(`${exchange} works, though its file says: ${known}`)
    if (status === 'yes' && needs) faults.push(`${exchange} works without what its file says is needed`)
  }
  if (exchanges.length === 0 && !only) faults.push('it ended without a result')
  return faults
}

/** What is kept of a run with a peer: all that the page tells. */
export function record(peer, exchanges) {
  const { id, kind, name, about } = peer
  const told = exchanges.map((result) => ({
    ...result,
    advice: result.status === 'no' ? peer.differs[result.exchange] : undefined,
  }))
  const date = new Date().toISOString().slice(0, 10)
  return { id, kind, name, about, date, npm: peer.npm, versions: versions(peer), exchanges: told }
}

/** The versions of what takes part, by name. */
function versions({ npm = [], debian = [], version }) {
  const found = {}
  for (const name of npm) found[name.replace(/-\d+$/, '')] = pinned(name)
  for (const { name } of debian.filter(({ test }) => test !== undefined)) found[name] = debianVersion(name)
  if (version) found[version.of] = versionOf(version.command)
  return found
}

function debianVersion(name) {
  const text = execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' })
  return text.replace(/^\d+:/, '').replace(/[-+~].*$/, '')
}
