// Plain JavaScript, because the benchmarks and the other runtimes load it without a build.
import { readFileSync, readdirSync } from 'node:fs'

const FOLDER = new URL('../fixtures/', import.meta.url)
const EXTENSION = '.sse'

/** See fixtures.d.mts and test/fixtures/README.md. */
export function loadFixtures(group) {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION) && (group === undefined || file.startsWith(`${group}.`)))
    .map((file) => file.slice(0, -EXTENSION.length))
    .toSorted()
    .map(load)
}

function load(name) {
  const {
    rule,
    events,
    comments = [],
    retries = [],
    ids = [],
    lastEventId = '',
  } = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))
  const bytes = new Uint8Array(readFileSync(new URL(`${name}${EXTENSION}`, FOLDER)))
  return {
    name,
    group: name.slice(0, name.indexOf('.')),
    rule,
    bytes,
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    expected: { events, comments, retries, ids, lastEventId },
  }
}

/** Cuts `source` at `cuts`, which are in order. */
export function cutAt(source, ...cuts) {
  const edges = [0, ...cuts, source.length]
  return edges.slice(1).map((edge, index) => source.slice(edges[index], edge))
}

/** One byte or code unit at a time. */
export function perUnit(source) {
  return Array.from({ length: source.length }, (_, index) => source.slice(index, index + 1))
}

/** Cut in two at every place, with the empty halves at both ends. */
export function everyTwoWay(source) {
  return Array.from({ length: source.length + 1 }, (_, cut) => cutAt(source, cut))
}
