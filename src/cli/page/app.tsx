import { useEffect, useState } from 'preact/hooks'
import { Controls } from './controls.js'
import { RatePlot } from './rate-plot.js'
import { Figure, ReaderCard } from './reader-card.js'
import type { Row } from './reader-model.js'
import { ResumeStory } from './resume-story.js'
import type { Session } from './session.js'
import { TargetForm } from './target-form.js'
import { Timeline } from './timeline.js'
import type { WireLine } from './wire-lines.js'
import { WindowedList } from './windowed-list.js'

/** The page is drawn so often, however many events come. */
const FRAME_MS = 100

export function App({ session }: { session: Session }) {
  const [, setFrame] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setFrame((frame) => frame + 1), FRAME_MS)
    return () => clearInterval(timer)
  }, [])
  const { ours, browsers, config, problem, models } = session
  return (
    <main>
      <header>
        <h1>eventwire inspector</h1>
        <p class="address">{config === undefined ? 'starting' : `${config.method} ${config.name}`}</p>
      </header>
      <p class="lead">
        Two readers listen to one stream of events. Connections break; press a button to break theirs. A reader comes
        back, says which event it had last, and the server goes on from there. That is a <em>resume</em>: nothing lost,
        nothing twice.
      </p>
      <Controls session={session} />
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="readers">
        <ReaderCard model={ours} hint={session.hintOf(ours)} />
        <ReaderCard model={browsers} hint={session.hintOf(browsers)} />
      </div>
      <ResumeStory resume={ours.resume} lost={ours.lost} />
      {config?.score && <Score score={config.score} />}
      <Timeline models={models} marks={session.marks} />
      <div class="pair">
        <section class="card" aria-labelledby="wire-title">
          <h2 id="wire-title">On the wire</h2>
          <WindowedList label="Lines on the wire" items={session.wire.lines} render={wireRow} />
        </section>
        <section class="card" aria-labelledby="events-title">
          <h2 id="events-title">Events</h2>
          <WindowedList label="Events as parsed" items={ours.rows} render={eventRow} />
        </section>
      </div>
      <div class="pair">
        <RatePlot models={models} />
        <section class="card" aria-labelledby="log-title">
          <h2 id="log-title">What happened</h2>
          <Happenings session={session} />
        </section>
      </div>
      <TargetForm session={session} />
      <footer>All of this stays on your machine.</footer>
    </main>
  )
}

/** What the program that owns the stream has counted. */
function Score({ score }: { score: Readonly<Record<string, number>> }) {
  return (
    <section class="card" aria-labelledby="score-title">
      <h2 id="score-title">The score in the terminal</h2>
      <dl>
        {Object.entries(score).map(([name, value]) => (
          <Figure key={name} name={name} value={value} isBad={(name === 'lost' || name === 'repeated') && value > 0} />
        ))}
      </dl>
    </section>
  )
}

function Happenings({ session: { log } }: { session: Session }) {
  const items = []
  for (let number = log.last - 1; number >= Math.max(log.first, log.last - 30); number--) {
    const { at, text } = log.at(number)!
    items.push(
      <li key={number}>
        <time>{new Date(at).toTimeString().slice(0, 8)}</time> {text}
      </li>,
    )
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div class="happenings" role="log" aria-live="polite" aria-labelledby="log-title" tabIndex={0}>
      <ol>{items}</ol>
    </div>
  )
}

const wireRow = ({ text, end, note }: WireLine) => (
  <code class={note ?? (text.startsWith(':') ? 'comment' : '')}>
    {text}
    <span class="end">{end}</span>
  </code>
)

const eventRow = ({ event, id, data, isNote }: Row) => (
  <code class={isNote ? 'asked' : event === 'reset' ? 'gap' : ''}>
    <b>{event}</b> <i>{id}</i> {data}
  </code>
)
