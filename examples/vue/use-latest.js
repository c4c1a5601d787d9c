import { connect } from 'eventwire/client'
import { onScopeDispose, ref, shallowRef } from 'vue'

/** The last data that came from `url`, and whether there is a connection. Leaves when the component does. */
export function useLatest(url, event) {
  const latest = shallowRef()
  const state = ref('connecting')
  const connection = connect(url, {
    onState: (change) => (state.value = change.state),
    decode: { [event]: JSON.parse },
  })
  const read = async () => {
    for await (const { data } of connection) latest.value = data
  }
  // What cannot pass, such as a 403. Everything else is tried again.
  read().catch((error) => (state.value = error.message))
  onScopeDispose(() => void connection.close())
  return { latest, state }
}
