// `npm run features`: tries each library for each row of the README's table of features, and prints the table. `--write` puts it
// into README.md, `--check` fails where README.md says something else.
import { readFileSync, writeFileSync } from 'node:fs'
import { subjects } from './subjects.mjs'
import { trials } from './trials.mjs'

const README = new URL('../../README.md', import.meta.url)
const [START, END] = ['<!-- features: npm run features -->\n', '<!-- end of features -->']

// What a library throws in a callback of its own must not end the run.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

async function cell({ needs, isAbout, onlyFor, way, run }, subject) {
  const names = isAbout ? Object.keys(subject.exports).filter((name) => isAbout.test(name)) : []
  if (!run) return onlyFor && !subject[onlyFor] ? '' : names.length > 0 ? 'yes' : 'no'
  const face = subject[needs]
  // Nothing is called missing that has a name: a release may bring it.
  if (!face && names.length > 0) throw new Error(`${subject.name} has ${names.join(', ')}, which nobody tries`)
  if (!face) return isAbout ? 'no' : ''
  return (await run(face)) ? (way ? face.how[way] : 'yes') : 'no'
}

const rows = []
try {
  for (const trial of trials) {
    const cells = []
    for (const subject of subjects) cells.push(await cell(trial, subject))
    rows.push([trial.title, ...cells])
  }
} catch (error) {
  console.error(error)
  process.exit(1)
}
const lines = [['', ...subjects.map(({ name }) => name)], ['---', ...subjects.map(() => '---')], ...rows]
const table = lines
  .map((cells) => `| ${cells.join(' | ')} |\n`.replaceAll('|  |', '| |').replaceAll('|  |', '| |'))
  .join('')

const readme = readFileSync(README, 'utf8')
const [start, end] = [readme.indexOf(START) + START.length, readme.indexOf(END)]
if (start < START.length || end < 0) throw new Error('README.md has no place for the features')
const fresh = `${readme.slice(0, start)}\n${table}\n${readme.slice(end)}`
console.log(table)
if (process.argv.includes('--write')) writeFileSync(README, fresh)
if (process.argv.includes('--check') && fresh !== readme) {
  console.error('The features in README.md are not current. Run `npm run features -- --write`.')
  process.exitCode = 1
}
// A connection that a library does not let go of must not keep the run.
process.exit()
