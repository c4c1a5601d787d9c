import { DIFFERENCES, type HostName } from './differences.js'

const HOSTS: Record<HostName, string> = {
  node: 'Node',
  bun: 'Bun',
  deno: 'Deno',
  workerd: 'Workers',
  chromium: 'Chromium',
  firefox: 'Firefox',
  webkit: 'WebKit',
}
const BUILT_IN = ['chromium', 'firefox', 'node'] as const

/** The differences as the table of docs/eventsource.md. */
export function differencesTable(): string {
  const rows = Object.values(DIFFERENCES).map((difference) => {
    const ours = [difference.ours ?? '']
    for (const [host, name] of Object.entries(HOSTS)) {
      const text = difference[`ours in ${host as HostName}`]
      if (text) ours.push(`${name}: ${text}`)
    }
    return [difference.standard, ours.filter(Boolean).join(' '), ...BUILT_IN.map((name) => difference[name] ?? '')]
  })
  const head = ['The standard', 'Ours', ...BUILT_IN.map((name) => HOSTS[name])]
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`.replace(/ {2,}/g, ' ')).join('\n')
}
