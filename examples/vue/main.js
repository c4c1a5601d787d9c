import { createApp, h, ref } from 'vue'
import { useLatest } from './use-latest.js'

const Ticks = {
  setup() {
    const { latest, state } = useLatest('/events', 'tick')
    return () => h('p', `tick ${latest.value?.n} (${state.value})`)
  },
}

const App = {
  setup() {
    const isOn = ref(true)
    return () => [
      h('button', { onClick: () => (isOn.value = !isOn.value) }, isOn.value ? 'stop' : 'start'),
      isOn.value && h(Ticks),
    ]
  },
}

createApp(App).mount('#app')
