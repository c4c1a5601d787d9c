import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The order of the pages that are to be read in order; those that are not here follow by name. */
const ORDER = {
  docs: [
    'client',
    'eventsource',
    'server',
    'channels',
    'sqlite',
    'redis',
    'transports',
    'runs',
    'testing',
    'cli',
    'format',
    'errors',
    'conformance',
    'interop',
  ],
  'docs/guides': [
    'chat',
    'llm',
    'ai-sdk',
    'mcp',
    'live-updates',
    'notifications',
    'authentication',
    'cors',
    'proxies',
    'other-readers',
    'one-machine-or-many',
    'testing',
    'observing',
    'react',
    'vue',
    'svelte',
    'service-workers',
    'react-native',
    'it-does-nothing',
  ],
}
/** Pages of `docs/` that are about the house, not about its use. */
const HOUSE = ['architecture', 'threat-model', 'capacity', 'releasing']
const OWN_PLACE = new Set([...HOUSE, 'playground'])

const isMigration = (name) => name.startsWith('migrate-')

/** The pages in groups, with their first headings as names. */
export function sidebar(root) {
  const page = (path) => ({ text: titleOf(join(root, `${path}.md`)), link: `/${path}` })
  const pagesBelow = (folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .toSorted()
      .map((file) => page(`${folder}/${file.slice(0, -'.md'.length)}`))
  const pages = (folder, wanted = () => true) =>
    namesIn(root, folder)
      .filter(wanted)
      .map((name) => page(`${folder}/${name}`))
  const groups = [
    { text: 'Start', items: [{ text: 'What it is', link: '/' }, page('docs/playground')] },
    {
      text: 'Pages',
      items: namesIn(root, 'docs')
        .filter((name) => !OWN_PLACE.has(name))
        .map((name) => page(`docs/${name}`)),
    },
    {
      text: 'Reference',
      collapsed: true,
      items: [page('docs/reference/eventwire'), ...pagesBelow('docs/reference/eventwire')],
    },
    { text: 'Guides', items: pages('docs/guides', (name) => !isMigration(name)) },
    { text: 'Migrations', collapsed: true, items: pages('docs/guides', isMigration) },
    {
      text: 'The house',
      items: [
        ...HOUSE.map((name) => page(`docs/${name}`)),
        page('CONTRIBUTING'),
        { text: 'Benchmarks', link: '/bench/' },
        page('CHANGELOG'),
      ],
    },
    { text: 'Decisions', collapsed: true, items: pages('docs/decisions') },
  ]
  return groups.map((group) => ({ ...group, items: group.items.filter(({ text }) => text !== undefined) }))
}

function namesIn(root, folder) {
  if (!existsSync(join(root, folder))) return []
  const order = ORDER[folder] ?? []
  const rank = (name) => order.indexOf(name) + 1 || order.length + 1
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md') && file !== 'index.md' && file !== 'README.md')
    .map((file) => file.slice(0, -'.md'.length))
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
}

/** The text of the first heading; undefined where there is no such page. */
function titleOf(file) {
  if (!existsSync(file)) return undefined
  const heading = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  return heading.replaceAll(/[`*]|\\(?=.)/g, '')
}
