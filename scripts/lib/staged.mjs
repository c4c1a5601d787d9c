// What is published is made in a folder of its own, so that the sources stay as they are.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const LINK = /(\]\(|(?:src|href)=")([^()\s"#]+)(#[^()\s"]*)?/g

/** The paths of what npm would publish. */
export function publishedFiles() {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const options = {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  }
  const [{ files }] = JSON.parse(execFileSync('npm', args, options))
  return files.map(({ path }) => path)
}

/**
 * Links of a document to what is published with it stay; those to other files of the repository lead to its page there.
 *
 * @param base of the pages: the repository at the tag of the version
 */
export function publishedLinks(text, file, files, { base, version }) {
  const known = new Set(files)
  return text.replaceAll(LINK, (link, before, target, anchor = '') => {
    if (/^[a-z]+:/i.test(target)) return link
    const path = posix.join(posix.dirname(file), decodeURI(target)).replace(/\/$/, '')
    if (known.has(path) || !existsSync(join(root, path))) return link
    const kind = /\.(png|svg)$/.test(path) ? 'raw' : 'blob'
    return `${before}${base}/${kind}/v${version}/${path}${anchor}`
  })
}

/** A document of the repository, with the links it has once it is published beside `files`. */
function published(file, files) {
  const { homepage, version } = readJson('package.json')
  const pages = { base: homepage.replace(/#.*/, ''), version }
  return publishedLinks(readFileSync(join(root, file), 'utf8'), file, files, pages)
}

const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

const put = (folder, file, text) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** Puts into `folder` what `npm publish` takes. */
export function stageForNpm(folder) {
  const files = publishedFiles()
  for (const file of files) {
    if (file.endsWith('.md')) put(folder, file, published(file, files))
    else cpSync(join(root, file), join(folder, file))
  }
}

/** Tells JSR which declarations belong to a module. */
const withTypes = (text, file) => `/* @ts-self-types="./${posix.basename(file, '.js')}.d.ts" */\n${text}`

/**
 * A module as JSR has it. Modules that can be imported say where their declarations are; declarations lead to each other, past the modules. A package has
 * another name there, so a module that looks for another by the package's own name is given its place.
 */
function forJsr(file, entries) {
  const text = readFileSync(join(root, file), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  if (file.endsWith('.d.ts')) return text.replaceAll(/(['"])(\.[^'"\n]*)\.js\1/g, '$1$2.d.ts$1')
  const place = posix.relative(posix.dirname(file), 'dist/testing/server/index.js')
  const moved = text.replace(/(['"])eventwire\/testing\/server\1/, `'${place}'`)
  return entries.has(file) ? withTypes(moved, file) : moved
}

/**
 * Puts into `folder` what `deno publish` takes: the ES modules with their declarations.
 *
 * @param scope stands in for the placeholder of the owner, where something has to
 */
export function stageForJsr(folder, scope) {
  const files = publishedFiles()
  const { peerDependencies, devDependencies } = readJson('package.json')
  const manifest = readJson('jsr.json')
  // JSR takes no range that is open upwards: the versions that are tried here.
  const peers = Object.keys(peerDependencies).map((name) => [name, `npm:${name}@^${devDependencies[name]}`])
  if (scope) manifest.name = manifest.name.replace('OWNER', scope)
  put(folder, 'jsr.json', JSON.stringify({ ...manifest, imports: Object.fromEntries(peers) }, null, 2))
  const taken = files.filter((file) => /^dist\/(?!cjs\/|cli\/).*\.(js|d\.ts)$/.test(file))
  const entries = new Set(Object.values(manifest.exports).map((path) => path.slice(2)))
  for (const file of taken) put(folder, file, forJsr(file, entries))
  const documents = ['README.md', 'CHANGELOG.md']
  for (const file of documents) put(folder, file, published(file, [...taken, ...documents]))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
}
