import type { Phase, ReaderModel } from './reader-model.js'

const SPAN_MS = 60_000
const WIDTH = 600

export interface Mark {
  readonly at: number
  readonly label: string
}

/** The last minute of both readers: a bar for each phase, a line for each button pressed. */
export function Timeline({ models, marks }: { models: readonly ReaderModel[]; marks: readonly Mark[] }) {
  const now = Date.now()
  const x = (time: number): number => Math.max(0, WIDTH - ((now - time) / SPAN_MS) * WIDTH)
  const recent = marks.filter(({ at }) => now - at < SPAN_MS)
  return (
    <section aria-labelledby="timeline-title" class="card">
      <h2 id="timeline-title">The last minute</h2>
      {models.map((model) => (
        <div class="lane" key={model.name}>
          <span class="lane-name">{model.name}</span>
          <svg viewBox={`0 0 ${WIDTH} 20`} preserveAspectRatio="none" role="img" aria-label={described(model)}>
            {model.segments.map(({ phase, from }, index) => {
              const until = model.segments[index + 1]?.from ?? now
              if (now - until > SPAN_MS) return null
              return (
                <rect
                  key={from + phase}
                  class={phase}
                  x={x(from)}
                  width={Math.max(1, x(until) - x(from))}
                  y="2"
                  height="16"
                />
              )
            })}
            {recent.map(({ at, label }) => (
              <line key={at + label} class="mark" x1={x(at)} x2={x(at)} y1="0" y2="20" />
            ))}
          </svg>
        </div>
      ))}
      <p class="ends" aria-hidden="true">
        <span>a minute ago</span>
        <span>now</span>
      </p>
      <ul class="legend" aria-hidden="true">
        {PHASES.map((phase) => (
          <li key={phase}>
            <i class={phase} /> {phase}
          </li>
        ))}
        <li>
          <i class="mark" /> a button of yours
        </li>
      </ul>
    </section>
  )
}

const PHASES: readonly Phase[] = ['connecting', 'open', 'waiting', 'closed']
const described = ({ name, phase, connections }: ReaderModel): string =>
  `${name}: ${phase}, connected ${connections} times`
