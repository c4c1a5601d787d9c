/** The event that the server of the client table writes, as text; all are equally long. */
export const eventText = (i) => `data: {"n":${String(i).padStart(6, '0')},"price":101.25}\n\n`
