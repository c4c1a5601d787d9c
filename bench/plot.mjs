import { View, parse } from 'vega'
import { compile } from 'vega-lite'
import { ratioOf } from './lib/report.mjs'

/** The parser that the ratios are against. */
const BASE = 'eventsource-parser'
const OURS = 'eventwire'

/**
 * Draws how many times as fast as its best-known peer our parser reads each workload, as SVG.
 *
 * `run` is one entry of `runs` in `results.json`.
 */
export async function plot({ node, machine, date, tables }) {
  const values = tables.parser
    .map((result) => ({ workload: result.name, ratio: ratioOf(result, BASE, OURS) }))
    .filter(({ ratio }) => Number.isFinite(ratio))
  const spec = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: {
      text: `Times as fast as ${BASE}`,
      subtitle: `Node ${node}, ${machine.cpu}, ${machine.cores} cores, ${date.slice(0, 10)}`,
    },
    data: { values },
    width: 480,
    layer: [
      {
        mark: 'bar',
        encoding: {
          y: { field: 'workload', type: 'nominal', sort: null, title: null, axis: { labelLimit: 400 } },
          x: { field: 'ratio', type: 'quantitative', title: 'ratio; 1 is as fast' },
        },
      },
      { mark: { type: 'rule', strokeDash: [4, 4] }, encoding: { x: { datum: 1 } } },
    ],
  }).spec
  return new View(parse(spec), { renderer: 'none' }).toSVG()
}
