// To build it, name the adapter of the host here.
export default {}
