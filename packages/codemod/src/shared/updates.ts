/** What to say where documents are taken into an index. */
export const UPDATES =
  'What cannot be read, cut or embedded by itself does not throw: update() takes in the rest, and gives it in failed. Have onError of update() throw where it must end the program.';
