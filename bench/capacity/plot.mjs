import { View, parse } from 'vega'
import { compile } from 'vega-lite'

/** Arrivals over time, one line for each run of the simulation, as SVG. */
export async function plot(runs) {
  const values = runs.flatMap(({ jitter, arrivals }) =>
    arrivals
      .slice(0, 45)
      .map((count, index) => ({ jitter: String(jitter), seconds: index / 10, arrivals: count * 10 })),
  )
  const spec = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: 'A million readers come back', subtitle: 'simulated; retry of 2 s' },
    data: { values },
    width: 520,
    height: 240,
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: { field: 'seconds', type: 'quantitative', title: 'seconds after the restart' },
      y: { field: 'arrivals', type: 'quantitative', title: 'arrivals per second' },
      color: { field: 'jitter', type: 'nominal', title: 'retryJitter' },
      strokeDash: { field: 'jitter', type: 'nominal', title: 'retryJitter' },
    },
  }).spec
  return new View(parse(spec), { renderer: 'none' }).toSVG()
}
