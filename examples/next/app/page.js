'use client'

import { connect } from 'eventwire/client'
import { useEffect, useState } from 'react'

/** The last data that came from `url`, and whether there is a connection. Leaves when the component does. */
function useLatest(url, event) {
  const [latest, setLatest] = useState()
  const [state, setState] = useState('connecting')
  useEffect(() => {
    const connection = connect(url, { onState: (change) => setState(change.state), decode: { [event]: JSON.parse } })
    const read = async () => {
      for await (const { data } of connection) setLatest(data)
    }
    // What cannot pass, such as a 403. Everything else is tried again.
    read().catch((error) => setState(error.message))
    return () => void connection.close()
  }, [url, event])
  return [latest, state]
}

export default function Page() {
  const [isOn, setOn] = useState(true)
  return (
    <>
      <button onClick={() => setOn(!isOn)}>{isOn ? 'stop' : 'start'}</button>
      {isOn && <Ticks />}
    </>
  )
}

function Ticks() {
  const [tick, state] = useLatest('/events', 'tick')
  return (
    <p>
      tick {tick?.n} ({state})
    </p>
  )
}
