/** Shells that caisson completes words in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The hidden command behind the scripts. */
export const COMPLETION_WORD = '__complete';

type Shell = (typeof SHELLS)[number];

/**
 * What a shell must be told once. Each script hands the words to `caisson __complete`, which answers a word and its summary a line, and in
 * the end `:files` where the shell's own completion of paths fits, else `:done`.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: String.raw`# bash completion of caisson
_caisson() {
  local line directive=''
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) directive="$line" ;;
      *) COMPREPLY+=("\${line%%$'\t'*}") ;;
    esac
  done < <(caisson __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "$directive" = ':files' ]; then compopt -o default 2>/dev/null; fi
  return 0
}
complete -F _caisson caisson
`.replaceAll('\\${', '${'),
  zsh: String.raw`#compdef caisson
# zsh completion of caisson
_caisson() {
  local line directive=''
  local -a described
  while IFS= read -r line; do
    case "$line" in
      :*) directive="$line" ;;
      *) described+=("\${\${line%%$'\t'*}//:/\\:}:\${line#*$'\t'}") ;;
    esac
  done < <(caisson __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#described )); then _describe -t words caisson described; fi
  if [[ "$directive" == ':files' ]]; then _files; fi
}
if [[ "$funcstack[1]" == _caisson ]]; then _caisson "$@"; else compdef _caisson caisson; fi
`.replaceAll('\\${', '${'),
  fish: String.raw`# fish completion of caisson
function __caisson_complete
    set -l typed (commandline -opc) (commandline -ct)
    set -l answer (caisson __complete -- $typed[2..-1] 2>/dev/null)
    string match --invert -- ':*' $answer
    if contains -- ':files' $answer
        __fish_complete_path (commandline -ct)
    end
end
complete --command caisson --no-files --arguments '(__caisson_complete)'
`,
};
