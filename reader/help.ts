/** What `--help` says. */
export const HELP = `holdfast-read: your files back, with nothing but the recovery words

  holdfast-read list    SOURCE [PATH…] [--all-versions] [--at DATE] [--json]
  holdfast-read restore SOURCE [PATH…] --to DIRECTORY [--at DATE | --version ID] [--overwrite]
  holdfast-read verify  SOURCE [--sample N%] [--json]
  holdfast-read export  SOURCE --to DIRECTORY

SOURCE is one of
  --server URL       the server that keeps the vault
  --dir DIRECTORY    what \`export\` wrote: readable without any server

The twelve words are asked for on the terminal and not shown, or read with
  --words-file FILE  from a file, or from standard input when FILE is "-"
They are never an argument: other users see the arguments of every process, and shells keep them.

list
  --all-versions     every version with its id, those of deleted files too
  --at DATE          the files as they were then: 2026-11-22 (the end of that day) or 2026-11-22T18:30
  --json             one JSON object in each line
restore              without PATH everything; a file that is there already and equal is kept
  --to DIRECTORY     written there under the paths they have in the vault
  --version ID       one version, as \`list --all-versions\` shows it
  --overwrite        replaces files that are there and differ; without it they are named as failed
verify               reads the log, every pack and every chunk, and names every file that damage touches
  --sample N%        only so many of the packs, drawn at random; all are looked for
  --json             one JSON object
export               everything that is needed to read the vault without a server; run again it adds what is new

Exit codes
  0  done, all of it
  1  done, but something was damaged or could not be written; it was named
  2  the command line is wrong
  3  not done: the words, the server, the directory or the log; the reason was named
  130  interrupted
`;
