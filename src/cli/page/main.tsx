import { render } from 'preact'
import { App } from './app.js'
import { Session } from './session.js'

const session = new Session()
render(<App session={session} />, document.querySelector('#app')!)
void session.start()
// A page in the back-forward cache would hold its connections.
addEventListener('pagehide', () => session.stop())
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void session.start()
})
