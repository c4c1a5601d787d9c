import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { ReaderModel } from './reader-model.js'

const POINTS = 60
const HEIGHT = 140

/** Events a second of each reader, over the last minute. */
export function RatePlot({ models }: { models: readonly ReaderModel[] }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const times: number[] = []
    const rates = models.map(() => [] as number[])
    const before = models.map(({ received }) => received)
    let plot = create(box.current!, models, dark.matches)
    const draw = (): void => plot.setData([times, ...rates] as uPlot.AlignedData)
    const recolor = (): void => {
      plot.destroy()
      plot = create(box.current!, models, dark.matches)
      draw()
    }
    const timer = setInterval(() => {
      times.push(Date.now() / 1000)
      for (const [index, { received }] of models.entries()) {
        rates[index]!.push(Math.max(0, received - before[index]!))
        before[index] = received
      }
      if (times.length > POINTS) for (const list of [times, ...rates]) list.shift()
      draw()
    }, 1000)
    const sizes = new ResizeObserver(() => plot.setSize({ width: box.current!.clientWidth, height: HEIGHT }))
    sizes.observe(box.current!)
    dark.addEventListener('change', recolor)
    return () => {
      clearInterval(timer)
      sizes.disconnect()
      dark.removeEventListener('change', recolor)
      plot.destroy()
    }
  }, [models])
  return (
    <section class="card" aria-labelledby="rate-title">
      <h2 id="rate-title">Events a second</h2>
      <div ref={box} class="plot" aria-hidden="true" />
    </section>
  )
}

function create(box: HTMLElement, models: readonly ReaderModel[], isDark: boolean): uPlot {
  const ink = isDark ? '#b8c0cc' : '#4a5361'
  const grid = { stroke: isDark ? '#2c3440' : '#e3e7ee', width: 1 }
  const strokes = isDark ? ['#58c48c', '#8ab4ff'] : ['#17794a', '#2456c7']
  const axis = { stroke: ink, grid, ticks: grid }
  return new uPlot(
    {
      width: box.clientWidth || 300,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(10, max * 1.1)] } },
      axes: [axis, { ...axis, size: 44 }],
      series: [
        {},
        ...models.map(({ name }, index) => ({
          label: name,
          stroke: strokes[index]!,
          width: 2,
          ...(index === 1 && { dash: [6, 4] }),
          points: { show: false },
        })),
      ],
    },
    [[], ...models.map(() => [])] as unknown as uPlot.AlignedData,
    box,
  )
}
