import type { Resume, Row } from './reader-model.js'

/** The latest break of our client, told in three steps, each as soon as it happens. */
export function ResumeStory({ resume, lost }: { resume: Resume | undefined; lost: number | undefined }) {
  const after = resume?.after || undefined
  const steps = [
    {
      title: 'The connection breaks',
      isDone: resume !== undefined,
      text: resume
        ? after
          ? `The reader had event ${after} last. If half an event came after it, that half is thrown away.`
          : 'The reader had no event with an id yet.'
        : 'Nothing has broken yet. Press Cut.',
    },
    {
      title: 'The reader asks again',
      isDone: resume?.isOpen === true,
      text: after ? `It says where it was: Last-Event-ID: ${after}` : 'It says which event it had last.',
    },
    {
      title: 'The server goes on from there',
      isDone: resume?.first !== undefined,
      text: resume?.first ? outcome(resume.first, lost) : 'It sends what came after that event, then what is new.',
    },
  ]
  return (
    <section class="card" aria-labelledby="story-title">
      <h2 id="story-title">The last resume of eventwire</h2>
      <ol class="story">
        {steps.map(({ title, text, isDone }) => (
          <li key={title} class={isDone ? 'done' : ''}>
            <b>{title}</b>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function outcome({ event, id }: Row, lost: number | undefined): string {
  if (event === 'reset')
    return 'It no longer has what came after, and says so with an event "reset": a gap, but no silent one.'
  if (id === '') return 'The stream has no ids, so that the server cannot know what was missed.'
  return `Event ${id} came first.${lost === 0 ? ' Nothing lost, nothing twice.' : ''}`
}
