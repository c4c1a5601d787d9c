export const startInspector = () => {}
